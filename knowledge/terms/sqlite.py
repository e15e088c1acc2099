"""The term index on one SQLite file."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from bedside.core.types import Facts, Term

from .find import find
from .normal import bag, keys_of
from .schema import as_store_error, open_file
from .words import english_words, running_words

NAME, SYNONYM, BRAND = 0, 1, 2
_BATCH = 2_000
_IN = 20_000
_CODE = re.compile(r"(?i)^[a-z]\d[a-z0-9](?:\.?[a-z0-9]{1,4})?$")
_SPELLED = re.compile(r"[a-z]{5,}")


class SqliteTerms:
    """`TermIndex` on the SQLite file `path`. Look-ups read the file, nothing is held in memory.

    `read_only=True` opens an existing file without ever writing to it (StoreError when there is none). One connection
    behind a lock: safe to call from several threads.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._link = open_file(self.path, read_only=read_only)
        if not read_only:
            self._seed_words()

    def _seed_words(self) -> None:
        with self._lock, as_store_error(self.path), self._link:
            if self._link.execute("SELECT 1 FROM words LIMIT 1").fetchone() is None:
                self._link.executemany("INSERT OR IGNORE INTO words VALUES (?)", ((w,) for w in sorted(english_words())))

    # Reading

    def find(self, text: str, *, origin: str = "question") -> Facts:
        return find(self, text, origin=origin)

    def lookup(self, ids: Sequence[str]) -> list[Term]:
        """The known ones among `ids` in that order; a concept that several sources name is returned as one term.

        The id of a finding that was merged into another finds that one.
        """
        now = {one: one for one in ids}
        found = self._rows(ids)
        if gone := [one for one in ids if one.startswith("HP:") and one not in found]:
            sql = """SELECT terms.id, old.value FROM terms, json_each(terms.related) AS old
                     WHERE terms.kind = 'phenotype' AND old.value IN (?)"""
            now |= {old: new for new, old in self.rows(sql, gone)}
            found |= self._rows(list(now.values()))
        return [_merged(found[one]) for one in dict.fromkeys(now[one] for one in ids) if one in found]

    def ground(self, kind: str, names: Sequence[str]) -> dict[str, Term]:
        wanted = {name: key for name in names if len(key := " ".join(keys_of(name))) >= 2}
        sql = """SELECT DISTINCT keys.key, terms.id FROM keys JOIN terms ON terms.row = keys.row
                 WHERE keys.key IN (?) ORDER BY keys.key"""
        ids: dict[str, set[str]] = {}
        for key, id_ in self.rows(sql, sorted(set(wanted.values()))):
            ids.setdefault(key, set()).add(id_)
        # an id that another one lists as its own is the same concept: `lookup` gives both the same term
        terms = {id_: term for id_ in {i for found in ids.values() for i in found} for term in self.lookup([id_])}
        out: dict[str, Term] = {}
        for name, key in wanted.items():
            found = {terms[i].id: terms[i] for i in ids.get(key, ()) if i in terms and terms[i].kind == kind}
            if len(found) == 1:
                out[name] = next(iter(found.values()))
        return out

    def search(self, text: str, *, kinds: Sequence[str] = (), k: int = 10) -> list[Term]:
        words = keys_of(text)
        if not words or k < 1:
            return []
        code = text.strip().upper()
        found = [t for t in self.lookup([f"ICD10CM:{_dotted(code)}", code]) if not kinds or t.kind in kinds]
        # Names that hold all the words; only when there is none, names that hold some.
        for joint in (" ", " OR "):
            match = joint.join(f'"{word}"' for word in words)
            where = f"AND terms.kind IN ({','.join('?' * len(kinds))})" if kinds else ""
            sql = f"""SELECT terms.id FROM names JOIN terms ON terms.row = names.rowid WHERE names MATCH ? {where}
                      ORDER BY bm25(names, 4.0, 1.0), length(terms.name), terms.id LIMIT ?"""
            with self._lock, as_store_error(self.path):
                ids = [row[0] for row in self._link.execute(sql, (match, *kinds, 4 * k))]
            if ids:
                break
        seen = {term.id for term in found}
        found += [term for term in self.lookup(ids) if term.id not in seen]
        return found[:k]

    def count(self, source_id: str | None = None) -> int:
        sql = "SELECT count(*) FROM terms" + (" WHERE source_id = ?" if source_id else "")
        with self._lock, as_store_error(self.path):
            return int(self._link.execute(sql, (source_id,) if source_id else ()).fetchone()[0])

    def _rows(self, ids: Sequence[str]) -> dict[str, list[tuple]]:
        found: dict[str, list[tuple]] = {}
        for row in self.rows(
            "SELECT id, kind, name, synonyms, brands, source_id, related FROM terms WHERE id IN (?) ORDER BY source_id", ids
        ):
            found.setdefault(row[0], []).append(row)
        return found

    def rows(self, sql: str, values: Iterable[str]) -> list[tuple]:
        """The rows of a query with one `IN (?)` over `values`, however many there are."""
        found: list[tuple] = []
        rest = iter(values)
        with self._lock, as_store_error(self.path):
            while part := list(islice(rest, _IN)):
                found += self._link.execute(sql.replace("(?)", f"({','.join('?' * len(part))})"), part)
        return found

    # Writing

    def put(self, terms: Iterable[Term]) -> int:
        given = 0
        rest = iter(terms)
        while batch := list(islice(rest, _BATCH)):
            with self._lock, as_store_error(self.path), self._link:
                for term in batch:
                    self._forget("id = ? AND source_id = ?", (term.id, term.source_id))
                self._store(batch)
            given += len(batch)
        return given

    def replace(self, source_id: str, terms: Iterable[Term]) -> int:
        """All terms of a source in one transaction, in place of those before; how many there are then."""
        rest = iter(terms)
        with self._lock, as_store_error(self.path), self._link:
            self._forget("source_id = ?", (source_id,))
            while batch := list({term.id: term for term in islice(rest, _BATCH)}.values()):
                for term in batch:
                    self._forget("id = ? AND source_id = ?", (term.id, term.source_id))
                self._store(batch)
        return self.count(source_id)

    def note_text(self, texts: Iterable[str]) -> None:
        """Learn the ordinary words of running text, so that none of them is taken for a misspelt drug."""
        words: set[str] = set()
        for text in texts:
            words |= running_words(text)
        with self._lock, as_store_error(self.path), self._link:
            self._link.executemany("INSERT OR IGNORE INTO words VALUES (?)", ((word,) for word in sorted(words)))

    def remove(self, source_id: str) -> int:
        with self._lock, as_store_error(self.path), self._link:
            return self._forget("source_id = ?", (source_id,))

    def close(self) -> None:
        with self._lock:
            self._link.close()

    def _forget(self, where: str, values: tuple[str, ...]) -> int:
        rows = self._link.execute(f"SELECT row FROM terms WHERE {where}", values).fetchall()
        for table, column in (("keys", "row"), ("spellings", "row"), ("names", "rowid"), ("terms", "row")):
            if rows:
                self._link.executemany(f"DELETE FROM {table} WHERE {column} = ?", rows)
        return len(rows)

    def _store(self, batch: list[Term]) -> None:
        link = self._link
        keys: list[tuple[str, int, int, str]] = []
        longest: dict[str, int] = {}
        spellings: list[tuple[str, int, str, int, int]] = []
        words: set[str] = set()
        for term in batch:
            row = link.execute(
                "INSERT INTO terms(id, source_id, kind, name, synonyms, brands, related) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (term.id, term.source_id, term.kind, term.name, *map(_json, (term.synonyms, term.brands, term.related))),
            ).lastrowid
            assert row is not None
            link.execute("INSERT INTO names(rowid, name, synonyms) VALUES (?, ?, ?)", (row, *_indexed(term)))
            if term.kind in ("phenotype", "disease", "icd10cm"):
                words |= running_words(term.name)
            if term.kind == "icd10cm":
                continue  # Searched for, never looked for in a text.
            for how, form in _forms(term):
                for key in _keys(term.kind, form):
                    keys.append((key, row, how, form))
                    tokens = key.lstrip("~").split(" ")
                    for token in tokens:
                        # Words without weight may stand between those of a bag.
                        reach = len(tokens) + 3 if key[0] == "~" else len(tokens)
                        longest[token] = max(longest.get(token, 0), reach)
                if term.kind == "drug" and how != SYNONYM and _SPELLED.fullmatch(word := form.casefold()):
                    spellings.append((word[0], len(word), word, row, int(how == BRAND)))
        link.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)", keys)
        link.executemany("INSERT OR IGNORE INTO spellings VALUES (?, ?, ?, ?, ?)", spellings)
        link.executemany("INSERT OR IGNORE INTO words VALUES (?)", ((word,) for word in sorted(words)))
        link.executemany(
            "INSERT INTO vocabulary VALUES (?, ?) ON CONFLICT(token) DO UPDATE SET longest = max(longest, excluded.longest)",
            list(longest.items()),
        )


def _forms(term: Term) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for how, forms in ((NAME, (term.name,)), (BRAND, term.brands), (SYNONYM, term.synonyms)):
        for form in forms:
            if form not in seen:
                seen.add(form)
                yield how, form


def _keys(kind: str, form: str) -> Iterator[str]:
    tokens = keys_of(form)
    exact = " ".join(tokens)
    if len(exact) < 2 or len(tokens) > 16:
        return
    yield exact
    if kind in ("phenotype", "disease") and len(exact) > 3 and (words := bag(tokens)) not in ("", "~" + exact):
        yield words


def _indexed(term: Term) -> tuple[str, str]:
    code = f" {term.id.partition(':')[2]}" if term.kind == "icd10cm" else ""
    return term.name + code, " ; ".join((*term.brands, *term.synonyms))


def _dotted(code: str) -> str:
    return code if "." in code or len(code) <= 3 or not _CODE.match(code) else f"{code[:3]}.{code[3:]}"


def _json(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _merged(rows: list[tuple]) -> Term:
    lists = [dict.fromkeys(value for row in rows for value in json.loads(row[column])) for column in (3, 4, 6)]
    ident, kind, name, *_ = rows[0]
    synonyms, brands, related = (tuple(one for one in values if one != name) for values in lists)
    return Term(id=ident, kind=kind, name=name, synonyms=synonyms, brands=brands, source_id=rows[0][5], related=related)

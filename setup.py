"""The top-level folders become the sub-packages of the namespace package `bedside`."""

from setuptools import find_packages, setup

FOLDERS = ("core", "knowledge", "plugins", "integrations")

setup(
    package_dir={f"bedside.{folder}": folder for folder in FOLDERS},
    packages=[
        f"bedside.{name}" for folder in FOLDERS for name in [folder, *(f"{folder}.{sub}" for sub in find_packages(folder))]
    ],
    package_data={"": [f"**/*.{kind}" for kind in ("json", "jsonl", "toml", "j2")] + ["py.typed"]},
)

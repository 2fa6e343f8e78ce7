"""Write the index of words beside each file of safety rules: `make rules`, after a rule was changed."""

import json
from pathlib import Path

from ion.safety.rules import check_rules, index_of, read_rules
from ion.safety.screening import CRISIS_FILES, INJECTION_FILE, RULES, fingerprint


def main() -> None:
    """Check every pattern, and write the indexes."""
    for name in (*CRISIS_FILES, INJECTION_FILE):
        content = read_rules(RULES / f"{name}.toml")
        check_rules(content)
        index = {"rules": fingerprint(name), "words": index_of(content)}
        file = Path(str(RULES / f"{name}.index.json"))
        file.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"{file.stat().st_size / 1e3:.0f} kB written to {file}")


if __name__ == "__main__":
    main()

"""The library that stands in for Wine's answers complex numbers itself and hands every other call on."""

from installer.complex_numbers import definition, exports

TABLE = """
The Export Tables (interpreted .edata section contents)

[Ordinal/Name Pointer] Table
\t[   0] +base[   1]  0000 cabs
\t[   1] +base[   2]  0001 cabsf
\t[   2] +base[   3]  0002 calloc
\t[   3] +base[   4]  0003 ??0exception@@QEAA@XZ
"""


def test_only_functions_of_complex_numbers_are_answered_here() -> None:
    names = exports(TABLE)
    assert names == ["cabs", "cabsf", "calloc", "??0exception@@QEAA@XZ"]
    assert definition(names).splitlines() == [
        "LIBRARY ucrtbase.dll",
        "EXPORTS",
        "  cabs",
        "  cabsf",
        '  "calloc" = "ucrtorig.calloc"',
        '  "??0exception@@QEAA@XZ" = "ucrtorig.??0exception@@QEAA@XZ"',
    ]

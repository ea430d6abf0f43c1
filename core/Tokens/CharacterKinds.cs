using System.Globalization;

namespace ProxyCluster.Core.Tokens;

/// <summary>What the patterns of the published encodings tell characters apart by: UTF-16 units, as the library's own patterns see them.</summary>
internal enum CharacterKind : byte
{
    /// <summary>Punctuation, symbols, control characters, halves of surrogate pairs.</summary>
    Other = 0,

    /// <summary>White space that ends no line.</summary>
    Blank = 1,

    /// <summary>A line feed or a carriage return.</summary>
    Break = 2,

    /// <summary>A number of any script.</summary>
    Number = 3,

    /// <summary>An accent or vowel that belongs to the letter before it.</summary>
    Mark = 4,

    /// <summary>A capital or titlecase letter.</summary>
    Upper = 5,

    /// <summary>A small letter.</summary>
    Lower = 6,

    /// <summary>A letter of a script without capitals.</summary>
    Letter = 7,
}

/// <summary>Tells characters' kinds.</summary>
internal static class CharacterKinds
{
    // As the enumeration numbers them.
    private static ReadOnlySpan<byte> Ascii =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0,
        0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0, 0, 0, 0, 0,
        0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 0, 0, 0, 0, 0,
    ];

    /// <summary>The kind of a character.</summary>
    public static CharacterKind Of(char c) => c < '\u0080' ? (CharacterKind)Ascii[c] : OfUnicode(c);

    private static CharacterKind OfUnicode(char c) => c is >= '\u4E00' and <= '\u9FFF' ? CharacterKind.Letter : CharUnicodeInfo.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharacterKind.Upper,
        UnicodeCategory.LowercaseLetter => CharacterKind.Lower,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterKind.Letter,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharacterKind.Mark,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterKind.Number,
        _ => char.IsWhiteSpace(c) ? CharacterKind.Blank : CharacterKind.Other,
    };
}

namespace Reverie.Pictures;

/// <summary>
/// Letters of five by seven pixels, two more below the line where a letter hangs, for labels in pictures. Widths follow
/// the letters; digits are all alike.
/// </summary>
internal static class BitmapFont
{
    /// <summary>Pixels from the top of a capital to the line it stands on.</summary>
    public const int Ascent = 7;

    /// <summary>Each letter's rows from the top, five bits each in two hexadecimal digits.</summary>
    private const string Source = """
        0 0E11111111110E    1 040C040404040E    2 0E11010204081F    3 0E11010601110E    4 02060A121F0202
        5 1F101E0101110E    6 0608101E11110E    7 1F010204080808    8 0E11110E11110E    9 0E11110F01020C
        A 0E11111F111111    B 1E11111E11111E    C 0E11101010110E    D 1E11111111111E    E 1F10101E10101F
        F 1F10101E101010    G 0E11101711110F    H 1111111F111111    I 0E04040404040E    J 0702020202120C
        K 11121418141211    L 1010101010101F    M 111B1515111111    N 11111915131111    O 0E11111111110E
        P 1E11111E101010    Q 0E11111115120D    R 1E11111E141211    S 0F10100E01011E    T 1F040404040404
        U 1111111111110E    V 11111111110A04    W 1111111515150A    X 11110A040A1111    Y 11110A04040404
        Z 1F01020408101F    a 00000E010F110F    b 1010161911111E    c 00000E1010110E    d 01010D1311110F
        e 00000E111F100E    f 0609081C080808    g 00000F1111110F010E  h 10101619111111  i 04000C0404040E
        j 02000602020202120C  k 10101214181412 l 0C04040404040E    m 00001A15151515    n 00001619111111
        o 00000E1111110E    p 00001E1111111E1010  q 00000F1111110F0101  r 00001619101010  s 00000F100E011E
        t 08081C08080906    u 0000111111130D    v 00001111110A04    w 0000111115150A    x 0000110A040A11
        y 0000111111130D010E  z 00001F0204081F . 00000000000C0C    , 00000000000C0408  - 0000000E000000
        + 0004041F040400    / 01010204081010    : 000C0C000C0C00    = 00001F001F0000    ( 02040808080402
        ) 08040202020408    % 18190204081303    _ 0000000000001F    | 04040404040404    ' 04040000000000
        ? 0E110102040004    # 0A0A1F0A1F0A0A    * 0004150E150400    < 02040810080402    > 08040201020408
        [ 0E08080808080E    ] 0E02020202020E    ! 04040404040004    ~ 00000815020000    @ 0E11171517100E
        & 0C12140815120D    ± 04041F0404001F    × 0000110A040A11    · 00000004000000    ; 000C0C000C0408
        """;

    private static readonly Glyph Missing = new([0x1F, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1F], 0, 5);
    private static readonly Dictionary<char, Glyph> Glyphs = Parse();

    /// <summary>Pixels from the left end of a text to its right end, at scale 1.</summary>
    public static int Measure(string text)
    {
        int width = 0;
        foreach (char letter in text)
            width += Find(letter).Width + 1;
        return Math.Max(0, width - 1);
    }

    /// <summary>Calls <paramref name="pixel"/> for every set pixel of a text whose top left corner is 0, 0.</summary>
    public static void Draw(string text, Action<int, int> pixel)
    {
        int x = 0;
        foreach (char letter in text)
        {
            Glyph glyph = Find(letter);
            for (int row = 0; row < glyph.Rows.Length; row++)
                for (int column = 0; column < glyph.Width; column++)
                    if ((glyph.Rows[row] >> 4 - glyph.Left - column & 1) != 0)
                        pixel(x + column, row);
            x += glyph.Width + 1;
        }
    }

    private static Glyph Find(char letter) => Glyphs.GetValueOrDefault(letter == '\u2212' ? '-' : letter, Missing);

    private static Dictionary<char, Glyph> Parse()
    {
        var glyphs = new Dictionary<char, Glyph> { [' '] = new([], 0, 3) };
        string[] words = Source.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i += 2)
        {
            byte[] rows = Convert.FromHexString(words[i + 1]);
            int used = rows.Aggregate(0, (all, row) => all | row);
            int left = char.IsAsciiDigit(words[i][0]) ? 0 : 4 - int.Log2(used);
            int width = char.IsAsciiDigit(words[i][0]) ? 5 : 5 - int.TrailingZeroCount(used) - left;
            glyphs.Add(words[i][0], new Glyph(rows, left, width));
        }
        return glyphs;
    }

    private sealed record Glyph(byte[] Rows, int Left, int Width);
}

using System.Text;

namespace Reverie.Tests.Fuzz;

/// <summary>Damages a valid file: bytes flipped, cut, doubled and put in, tokens of its format swapped, numbers made
/// huge, brackets nested deep. The same number gives the same damage.</summary>
/// <param name="seeds">Valid files.</param>
/// <param name="words">Tokens that mean something in the format.</param>
internal sealed class Mutator(byte[][] seeds, string[] words)
{
    private const int MostDamages = 4, Deep = 3000;

    private static readonly string[] Numbers =
    [
        "-1", "0", "1e999", "-1e308", "NaN", "2147483648", "9223372036854775808", "99999999999999999999", "0.5", "1e-400",
    ];

    private static readonly string[] Odd =
        ["\0", "\r\n", "\t", "\u001b[31m", "\ufeff", "\ud7ff", "\\ud800", "é名🚗", "\"", "'", "null", "true", ""];

    /// <summary>The damaged file of a number.</summary>
    public byte[] Damaged(int number)
    {
        var random = new Random(number);
        var bytes = seeds[random.Next(seeds.Length)].ToList();
        for (var damages = random.Next(1, MostDamages + 1); damages > 0; damages--)
            Damage(bytes, random);
        return [.. bytes];
    }

    private void Damage(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 1 << random.Next(1, 8)), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0 when length > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when length > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                Put(bytes, random, Pick(Numbers, random));
                break;
            case 6:
                Put(bytes, random, Pick(Odd, random));
                break;
            case 7:
                Put(bytes, random, Pick(words, random));
                break;
            default:
                if (random.Next(20) == 0)
                    Put(bytes, random, string.Concat(Enumerable.Repeat(Pick(words, random), Deep)));
                break;
        }
    }

    // In the place of a word or a number, or between two of them.
    private static void Put(List<byte> bytes, Random random, string text)
    {
        var at = random.Next(bytes.Count + 1);
        while (at > 0 && at < bytes.Count && char.IsAsciiLetterOrDigit((char)bytes[at - 1]))
            at--;
        var end = at;
        while (random.Next(4) > 0 && end < bytes.Count
            && (char.IsAsciiLetterOrDigit((char)bytes[end]) || bytes[end] == '.'))
            end++;
        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, Encoding.UTF8.GetBytes(text));
    }

    private static string Pick(string[] from, Random random) => from.Length == 0 ? "" : from[random.Next(from.Length)];
}

using System.Security.Cryptography;
using System.Text;
using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard;

/// <summary>The word that requests have to know.</summary>
internal sealed class AccessToken
{
    /// <summary>Environment variable that may hold it.</summary>
    public const string Variable = "REVERIE_DASHBOARD_TOKEN";

    private const int Shortest = 16, Longest = 256;

    private readonly byte[] hash;

    private AccessToken(string word) => (Word, hash) = (word, HashOf(word));

    /// <summary>The word itself.</summary>
    public string Word { get; }

    /// <summary>A random one.</summary>
    public static AccessToken Random() => new(RandomNumberGenerator.GetHexString(2 * Shortest, lowercase: true));

    /// <summary>One that somebody chose.</summary>
    /// <param name="word">The word.</param>
    /// <param name="from">Where it is from, for the line of a fault.</param>
    /// <exception cref="ReverieException">It is too short to be one, or cannot stand in an address.</exception>
    public static AccessToken Parse(string word, string from)
    {
        if (word.Length is < Shortest or > Longest)
            throw new ReverieException($"{from}: {Shortest} to {Longest} letters; without it a random one is taken "
                + "where one is needed");
        return word.All(letter => letter is >= ' ' and <= '~')
            ? new(word)
            : throw new ReverieException($"{from}: letters, digits and signs of ASCII only");
    }

    /// <summary>The first line of a file.</summary>
    /// <exception cref="ReverieException">The file cannot be read, or holds none.</exception>
    public static AccessToken ReadFile(string path)
    {
        try
        {
            return Parse(RegularFile.ReadAllText(path, 4096).Split('\n')[0].TrimEnd('\r'), $"--token-file {path}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"--token-file {fault.Message}", fault);
        }
    }

    /// <summary>Whether a request knows it; how long the answer takes says nothing about the word.</summary>
    public bool Is(string? word) => word is not null && CryptographicOperations.FixedTimeEquals(HashOf(word), hash);

    private static byte[] HashOf(string word) => SHA256.HashData(Encoding.UTF8.GetBytes(word));
}

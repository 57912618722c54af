using System.CommandLine;
using System.Globalization;

namespace Reverie.Cli.Commands;

/// <summary>Options whose numbers have a least one, so that none below it is taken for another.</summary>
internal static class OptionBounds
{
    /// <summary>Refuses numbers below <paramref name="least"/>.</summary>
    public static TOption AtLeast<TOption>(this TOption option, int least) where TOption : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => IsBelow(token.Value, least)))
                result.AddError($"{option.Name}: give a whole number of at least {least}");
        });
        return option;
    }

    // What is no number at all is told by the parser.
    private static bool IsBelow(string word, int least) =>
        int.TryParse(word, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number < least;
}

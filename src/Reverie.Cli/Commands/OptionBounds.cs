using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Reverie.Cli.Commands;

/// <summary>Options whose numbers have a least one, so that none below it is taken for another, or decimals.</summary>
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

    /// <summary>The number that was typed for an option, as its parser: System.CommandLine's own takes <c>1,5</c> for 15.
    /// </summary>
    public static double? Number(ArgumentResult typed)
    {
        if (typed.Tokens is [var word] && double.TryParse(word.Value, NumberStyles.Float, CultureInfo.InvariantCulture,
            out var number) && double.IsFinite(number))
            return number;
        typed.AddError($"{(typed.Parent as OptionResult)?.Option.Name}: give a number, with a point before its decimals, "
            + "such as 0.5");
        return null;
    }

    // What is no number at all is told by the parser.
    private static bool IsBelow(string word, int least) =>
        long.TryParse(word, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number < least;
}

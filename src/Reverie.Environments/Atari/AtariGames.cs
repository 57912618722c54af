using System.Globalization;

namespace Reverie.Environments.Atari;

/// <summary>The 57 games that are usually reported, and what others came to in them.</summary>
internal static class AtariGames
{
    private const string
        Scale = "Atari: random play and a person who tests games (Wang et al. 2016, arXiv 1511.06581), no-op starts",
        DreamerV2Files = "files of danijar/dreamerv2: 11 seeds, last 10 million frames; sticky moves, all 18 choices";

    private const long Frames = 200_000_000;

    // A game, what random play and a person come to, and DreamerV2 after 200 million frames.
    private const string Table = """
        alien                 227.8   7127.7    4180
        amidar                  5.8   1719.5    2289
        assault               222.4      742   23054
        asterix                 210   8503.3   93530
        asteroids             719.1  47388.7   31734
        atlantis              12850  29028.1  982165
        bank_heist             14.2    753.1    1114
        battle_zone            2360  37187.5   42745
        beam_rider            363.9  16926.5   18032
        berzerk               123.7   2630.4     803
        bowling                23.1    160.7      50
        boxing                  0.1     12.1    89.3
        breakout                1.7     30.5     448
        centipede            2090.9    12017   11656
        chopper_command         811   7387.8    2936
        crazy_climber       10780.5  35829.4  155723
        defender             2874.5  18688.9       -
        demon_attack          152.1     1971   68025
        double_dunk           -18.6    -16.4    18.4
        enduro                    0    860.5    1862
        fishing_derby         -91.7    -38.7    62.8
        freeway                   0     29.6    33.3
        frostbite              65.2   4334.7   14207
        gopher                257.6   2412.5   92277
        gravitar                173   3351.4    4084
        hero                   1027  30826.4   22658
        ice_hockey            -11.2      0.9    25.8
        jamesbond                29    302.8   38342
        kangaroo                 52     3035   13865
        krull                  1598   2665.5   47784
        kung_fu_master        258.5  22736.3   58928
        montezuma_revenge         0   4753.3     128
        ms_pacman             307.3   6951.6    5717
        name_this_game       2292.3     8049   15098
        phoenix               761.4   7242.6   56091
        pitfall              -229.4   6463.7    -1.5
        pong                  -20.7     14.6    19.9
        private_eye            24.9  69571.3    1967
        qbert                 163.9    13455   86077
        riverraid            1338.5    17118   17196
        road_runner            11.5     7845  236276
        robotank                2.2     11.9    77.3
        seaquest               68.4  42054.7    7360
        skiing             -17098.1  -4336.9   -9725
        solaris              1236.3  12326.7    1200
        space_invaders          148   1668.7    2545
        star_gunner             664    10250   13407
        surround                -10      6.5       -
        tennis                -23.8     -8.3    15.3
        time_pilot             3568   5229.2   36556
        tutankham              11.4    167.6     275
        up_n_down             533.4  11693.2  647356
        venture                   0   1187.5     0.5
        video_pinball       16256.9  17667.9   44413
        wizard_of_wor         563.5   4756.5   19570
        yars_revenge         3092.9  54576.9  160473
        zaxxon                 32.5   9173.3   46579
        """;

    /// <summary>All of them, by the names that tasks have.</summary>
    public static IReadOnlyDictionary<string, AtariGame> All { get; } =
        Table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Read)
            .ToDictionary(game => game.Name);

    private static AtariGame Read(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rom = string.Concat(words[0].Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        PublishedScore[] scores = words[3] == "-" ? []
            : [new("DreamerV2", Number(words[3]), null, Frames, "pixels", DreamerV2Files)];
        return new AtariGame(words[0], rom, new ScoreScale(Number(words[1]), Number(words[2]), Scale), scores);
    }

    private static double Number(string word) => double.Parse(word, CultureInfo.InvariantCulture);
}

/// <summary>One of the games.</summary>
/// <param name="Name">Of the task.</param>
/// <param name="Rom">What the emulator calls it.</param>
/// <param name="Scale">What returns are measured by.</param>
/// <param name="Scores">What others report.</param>
internal sealed record AtariGame(string Name, string Rom, ScoreScale Scale, IReadOnlyList<PublishedScore> Scores);

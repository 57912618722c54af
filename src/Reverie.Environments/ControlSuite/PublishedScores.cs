using System.Globalization;

namespace Reverie.Environments.ControlSuite;

/// <summary>Scores that others report for the twenty tasks, one line a task and one column an agent.</summary>
/// <remarks>Two sources disagree about A3C on <c>reacher_easy</c> (285 and 95.6); both stand here.</remarks>
internal static class PublishedScores
{
    private const long Million = 1_000_000, Thousand = 1000;
    private const string
        Suite = "arXiv 1801.00690 (control suite)",
        PlaNetPaper = "arXiv 1811.04551 (PlaNet), table 1; repeat by domain",
        DreamerPaper = "arXiv 1912.01603 (Dreamer), copies of its table; repeat 2",
        DreamerFiles = "files of danijar/dreamer: 5 seeds, last 100,000 steps",
        DreamerV2Files = "files of danijar/dreamerv2: 5 seeds, last 90,000 steps",
        DreamerV3Files = "files of danijar/dreamerv3: 8-10 seeds, last 50,000 steps",
        DreamerV3Window = "files of danijar/dreamerv3: 10 seeds, last 16,000 steps",
        CurlFiles = "files of danijar/dreamerv3: 10 seeds, last 50,000 steps",
        CurlPaper = "arXiv 2004.04136 (CURL), table 1; repeat by domain",
        Compiled = "compilation of learning curves at 100,000 steps; seeds unknown";

    private static readonly ScoreTable[] Tables =
    [
        new([
            new("A3C", 100 * Million, "state", PlaNetPaper),
            new("D4PG", 100 * Million, "pixels", PlaNetPaper),
            new("PlaNet", Million, "pixels", PlaNetPaper),
            new("CEM in the simulator", 0, "state", PlaNetPaper),
        ], """
            cartpole_swingup 558 862 821 850
            reacher_easy     285 967 832 964
            cheetah_run      214 524 662 656
            finger_spin      129 985 700 825
            cup_catch        105 980 930 993
            walker_walk      311 968 951 994
            """),
        new([
            new("A3C", 100 * Million, "state", Suite),
            new("D4PG", 100 * Million, "pixels", Suite),
            new("PlaNet", 5 * Million, "pixels", DreamerPaper),
            new("Dreamer", 5 * Million, "pixels", DreamerPaper),
        ], """
            acrobot_swingup          41.9   91.7   3.2 365.3
            cartpole_balance        951.6  992.8 452.6 979.6
            cartpole_balance_sparse 857.4 1000.0 164.7 941.8
            cartpole_swingup        558.4  862.0 312.6 833.7
            cartpole_swingup_sparse 179.8  482.0   0.6 812.2
            cheetah_run             213.9  523.8 496.1 894.6
            cup_catch               104.7  980.5 456.0 962.5
            finger_spin             129.4  985.7 495.2 498.9
            finger_turn_easy        167.3  971.4 451.2 825.9
            finger_turn_hard         88.7  966.0 312.6 891.4
            hopper_hop                0.5  242.0   0.4 369.0
            hopper_stand             27.9  929.9   6.0 923.7
            pendulum_swingup         48.6  680.9   3.3 833.0
            quadruped_run               –      – 280.4 888.4
            quadruped_walk              –      – 238.9 931.6
            reacher_easy             95.6  967.4 468.5 935.1
            reacher_hard             39.7  957.1 187.0 817.0
            walker_run              191.8  567.2 626.2 824.7
            walker_stand            378.4  985.2 759.2 978.0
            walker_walk             311.0  968.3 944.7 961.7
            """),
        new([
            new("Dreamer", Million / 2, "pixels", DreamerFiles),
            new("Dreamer", Million, "pixels", DreamerFiles),
            new("Dreamer", 2 * Million, "pixels", DreamerFiles),
            new("DreamerV2", Million / 2, "pixels", DreamerV2Files),
            new("DreamerV2", Million, "pixels", DreamerV2Files),
            new("DreamerV2", 2 * Million, "pixels", DreamerV2Files),
        ], """
            acrobot_swingup          337±55  410±25  483±32  305±28   389±6 354±175
            cartpole_balance          982±7   988±8  974±38   993±1   995±1   996±0
            cartpole_balance_sparse   998±2  1000±0  985±20   990±6   993±3   996±3
            cartpole_swingup        678±242  855±11  857±18   854±9   865±7   870±5
            cartpole_swingup_sparse  800±16  797±20  771±76  790±28  810±17  821±13
            cheetah_run              630±36  713±41  790±46 603±119  734±71  812±49
            cup_catch                 962±5   967±6  943±29 786±328 800±327 811±306
            finger_spin              339±54 515±206 463±323  349±25 408±102 409±120
            finger_turn_easy        474±163  781±65 859±101  491±67  884±20  944±16
            finger_turn_hard        240±123 726±137  907±49  367±39  842±54  914±26
            hopper_hop               120±41  266±47  348±78  196±21  245±36  288±74
            hopper_stand            610±170  907±15  930±21  865±10   903±8   916±6
            pendulum_swingup         789±57  828±17  819±80  803±12  793±12 488±397
            quadruped_run            201±80  388±75 659±153  343±37  474±95  814±56
            quadruped_walk           223±72  446±79  821±64  353±46  703±94  930±10
            reacher_easy            430±184 603±139  857±83  867±33  950±16  958±13
            reacher_hard              95±58 169±196 594±137   98±55  547±75  772±50
            walker_run               463±83  718±44  767±66  576±79  683±89  717±91
            walker_stand             960±16  960±14  965±15   958±5   969±5   974±2
            walker_walk              886±28  956±12   969±4  924±19   959±3   959±7
            """),
        new([
            new("DreamerV3", Million / 2, "pixels", DreamerV3Files),
            new("DreamerV3", Million, "pixels", DreamerV3Files),
            new("CURL", Million / 2, "pixels", CurlFiles),
            new("CURL", Million, "pixels", CurlFiles),
        ], """
            acrobot_swingup          105±23  230±50     5±3     4±3
            cartpole_balance         990±14   994±6   993±4  976±45
            cartpole_balance_sparse  965±52  970±44  992±23  1000±1
            cartpole_swingup         840±41  860±11  801±24 751±146
            cartpole_swingup_sparse  696±56  758±31   11±21 373±339
            cheetah_run              655±54  836±43  439±96 502±118
            cup_catch                 967±4   972±3   964±6   972±6
            finger_spin             573±125 589±134 882±149 878±147
            finger_turn_easy         624±50  883±27 351±133  340±91
            finger_turn_hard         771±59  905±37 221±100  231±97
            hopper_hop              152±105 227±142   98±83 164±122
            hopper_stand            832±151  902±18 672±282 787±162
            pendulum_swingup        654±290 738±180 206±316 410±340
            quadruped_run            347±79  612±71  130±53  149±66
            quadruped_walk          369±155  809±87  122±55  121±37
            reacher_easy             832±44   953±9 586±153 689±133
            reacher_hard            298±148  855±45 245±127 472±103
            walker_run              604±115 685±114 326±137 360±219
            walker_stand              971±2   975±3 550±288 492±319
            walker_walk              940±10   960±3 778±246 818±256
            """),
        new([
            new("DreamerV3", 50 * Thousand, "pixels", DreamerV3Window),
            new("DreamerV3", 100 * Thousand, "pixels", DreamerV3Window),
            new("DreamerV3", 150 * Thousand, "pixels", DreamerV3Window),
            new("DreamerV3", 200 * Thousand, "pixels", DreamerV3Window),
            new("DreamerV3", 300 * Thousand, "pixels", DreamerV3Window),
            new("DreamerV3", Million / 2, "pixels", DreamerV3Window),
            new("DreamerV3", Million, "pixels", DreamerV3Window),
        ], """
            cartpole_swingup 306 572 717 787 821 844 862
            cartpole_balance 590 942 981 984 990 994 996
            walker_walk      397 602 819 876 913 943 963
            walker_stand     674 909 928 940 959 973 976
            cheetah_run      236 305 366 418 508 670 827
            reacher_easy     352 367 503 639 731 848 946
            finger_spin      423 498 525 542 561 573 590
            cup_catch        455 863 946 952 958 968 971
            pendulum_swingup  15 296 522 545 575 666 754
            """),
        new([
            new("PlaNet", 100 * Thousand, "pixels", CurlPaper),
            new("Dreamer", 100 * Thousand, "pixels", CurlPaper),
            new("CURL", 100 * Thousand, "pixels", CurlPaper),
            new("PlaNet", Million / 2, "pixels", CurlPaper),
            new("Dreamer", Million / 2, "pixels", CurlPaper),
            new("CURL", Million / 2, "pixels", CurlPaper),
            new("SAC+AE", Million / 2, "pixels", CurlPaper),
        ], """
            cartpole_swingup  297±39  326±27 582±146  475±71  762±27 841±45  735±63
            walker_walk       224±48  277±12  403±24  351±58  897±49 902±43  847±48
            cheetah_run       138±88 235±137  299±48 305±131 570±253 518±28  550±34
            reacher_easy       20±50 314±155 538±233 210±390 793±164 929±44  627±58
            finger_spin      136±216  341±70  767±56 561±284 796±183 926±45 884±128
            cup_catch            0±0 246±174  769±43 460±380  879±87 959±27  794±58
            """),
        new([
            new("CURL", 100 * Thousand, "pixels", Compiled),
            new("DrQ-v2", 100 * Thousand, "pixels", Compiled),
            new("DreamerV3 12m", 100 * Thousand, "pixels", Compiled),
            new("MR.Q", 100 * Thousand, "pixels", Compiled),
            new("TD-MPC2", 100 * Thousand, "pixels", Compiled),
        ], """
            cartpole_swingup 527 555 551 478   –
            walker_walk      465 151 586 568 464
            cheetah_run      236 251 307 254 286
            reacher_easy     266 273 374 449 360
            finger_spin      786 310 493 744 981
            cup_catch        753 252 862 194   –
            """),
    ];

    private static readonly ILookup<string, PublishedScore> Scores =
        Tables.SelectMany(table => table.Read()).ToLookup(one => one.Task, one => one.Score);

    /// <summary>What is reported for a task of the suite.</summary>
    internal static IReadOnlyList<PublishedScore> Of(string task) => [.. Scores[task]];

    private sealed record Column(string Agent, long EnvSteps, string Input, string Source);

    // Cells are a mean, or mean±deviation, or – where nothing is reported.
    private sealed record ScoreTable(Column[] Columns, string Text)
    {
        internal IEnumerable<(string Task, PublishedScore Score)> Read() =>
            from line in Text.Split('\n')
            let cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            from pair in Columns.Zip(cells.Skip(1))
            where pair.Second != "–"
            select (cells[0], Score(pair.First, pair.Second.Split('±')));

        private static PublishedScore Score(Column column, string[] numbers) => new(column.Agent, Number(numbers[0]),
            numbers.Length > 1 ? Number(numbers[1]) : null, column.EnvSteps, column.Input, column.Source);

        private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}

using System.CommandLine;
using Reverie.Cli.Dashboard;
using Reverie.Cli.Display;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie dashboard [DIR]</c>: a page that shows runs while they train and afterwards.</summary>
internal sealed class DashboardVerb : Verb
{
    private readonly Argument<string> folder = new("DIR")
    {
        Description = "a folder with runs in it, or one run; it is only read",
        DefaultValueFactory = _ => "runs",
    };

    private readonly Option<int> port = new("--port")
    {
        Description = "port to listen at; 0 takes a free one",
        HelpName = "N",
        DefaultValueFactory = _ => 8420,
    };

    private readonly Option<string> host = new("--host")
    {
        Description = "address to listen at; beyond this machine a token is asked for",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "localhost",
    };

    private readonly Option<string?> token = new("--token")
    {
        Description = "not any longer: the list of processes shows it to everybody",
        HelpName = "WORD",
        Hidden = true,
    };

    private readonly Option<string?> tokenFile = new("--token-file")
    {
        Description = $"file with the word that the address of the page has to carry; also ${AccessToken.Variable} "
            + "[default: none on this machine, else a random one]",
        HelpName = "FILE",
    };

    public DashboardVerb() : base("dashboard", "Show runs in the browser, while they train and afterwards.")
    {
        Add(folder);
        this.AddAll(port, host, tokenFile, token);
    }

    public override string[] Examples =>
    [
        "reverie dashboard",
        "reverie dashboard runs/mine --port 9000",
        "reverie dashboard runs --host 0.0.0.0",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var options = Wishes(parsed);
        using var server = DashboardServer.Start(options);
        report.Row(
            new { Url = server.Address, Folder = options.Folder, Token = options.Token?.Word },
            $"{options.Folder}: {server.Address}\nCtrl-C ends it; what it shows is only read");
        stop.WaitHandle.WaitOne();
        return 0;
    }

    private DashboardOptions Wishes(ParseResult parsed)
    {
        var path = parsed.GetValue(folder)!;
        if (!Directory.Exists(path))
            throw new ReverieException($"{path}: there is no such folder; name one that holds runs");
        if (parsed.GetValue(port) is < 0 or > 65535)
            throw new ReverieException("--port is 0 to 65535");
        if (parsed.GetValue(token) is not null)
            throw new ReverieException("--token: the list of processes shows it to everybody on the machine; write it "
                + $"into a file (--token-file FILE) or set {AccessToken.Variable}");
        var options = new DashboardOptions
        {
            Folder = path, Host = parsed.GetValue(host)!, Port = parsed.GetValue(port), Token = Token(parsed),
        };
        return options.IsLocal || options.Token is not null ? options : options with { Token = AccessToken.Random() };
    }

    private AccessToken? Token(ParseResult parsed) =>
        parsed.GetValue(tokenFile) is { } file ? AccessToken.ReadFile(file)
        : Environment.GetEnvironmentVariable(AccessToken.Variable) is { Length: > 0 } word
            ? AccessToken.Parse(word, AccessToken.Variable)
            : null;
}

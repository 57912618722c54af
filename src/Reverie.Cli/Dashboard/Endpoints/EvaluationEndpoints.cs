using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Replay;
using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary>
/// <c>/api/evaluations?run=ID</c>: what there is to look at. <c>/api/dream</c>, <c>/api/episode</c>,
/// <c>/api/foresight</c> with <c>at=UPDATES</c> (an episode also with <c>file=NAME</c>): numbers, and with <c>.png</c>
/// the pictures as a sheet.
/// <c>/api/video?run=ID&amp;name=NAME</c>: a film as it lies there.
/// </summary>
internal static class EvaluationEndpoints
{
    private const int MostEpisodes = 500;

    /// <summary>Adds the requests to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog)
    {
        EvaluationFiles Files(string? run) => new(catalog.Folder, catalog.Find(run));
        routes.MapGet("/api/evaluations", (string? run) => Answer.Json(new
        {
            Run = run,
            Evaluations = Files(run).List(),
            Episodes = Files(run).Episodes().Take(MostEpisodes)
                .Select(file => new { file.Name, file.Number, file.Decisions }),
            Videos = Files(run).Videos(),
        }));
        routes.MapGet("/api/dream", (string? run, long at) => Dream(Files(run).Dream(at), at));
        routes.MapGet("/api/dream.png", (string? run, long at) => DreamSheet(Files(run).Dream(at)));
        routes.MapGet("/api/episode",
            (string? run, long? at, string? file) => Numbers(EpisodeOf(Files(run), at, file)));
        routes.MapGet("/api/episode.png",
            (string? run, long? at, string? file) => Sheet(EpisodeOf(Files(run), at, file)));
        routes.MapGet("/api/foresight",
            (string? run, long at) => ForesightAnswer.Numbers(Files(run).Foresight(at), at));
        routes.MapGet("/api/foresight.png", (string? run, long at) => ForesightAnswer.Sheet(Files(run).Foresight(at)));
        routes.MapGet("/api/video", (string? run, string? name) => Film(Files(run).Video(name ?? "")));
    }

    private static IResult Film(string path) =>
        Results.File(path, path.EndsWith(".gif", StringComparison.Ordinal) ? "image/gif" : "image/png");

    private static Episode EpisodeOf(EvaluationFiles files, long? at, string? file) =>
        at is { } updates ? files.Episode(updates) : files.Episode(file ?? "");

    private static IResult Dream(Dictionary<string, NpyArray> arrays, long at)
    {
        var clip = arrays.GetValueOrDefault("truth");
        var size = clip is null ? 0 : clip.Shape[1] * clip.Shape[2] * clip.Shape[3];
        var vector = arrays.GetValueOrDefault("vector_truth");
        return Answer.Json(new
        {
            At = at,
            Context = arrays["context"].As<int>()[0],
            Frames = clip?.Shape[0] ?? 0,
            Height = clip?.Shape[1],
            Width = clip?.Shape[2],
            Error = clip is null ? [] : Pictures.RootMeanSquare(clip.As<byte>(), arrays["model"].As<byte>(), size),
            Entries = vector?.Shape[1] ?? 0,
            VectorTruth = vector?.As<float>(),
            VectorModel = arrays.GetValueOrDefault("vector_model")?.As<float>(),
        });
    }

    private static IResult DreamSheet(Dictionary<string, NpyArray> arrays)
    {
        if (!arrays.TryGetValue("truth", out var clip))
            throw new ReverieException("this dream is of vectors and has no pictures");
        byte[] Rgb(NpyArray pictures) => Pictures.ToRgb(pictures.As<byte>(), pictures.Shape[3]);
        var (truth, model) = (Rgb(clip), Rgb(arrays["model"]));
        return Pictures.Sheet(clip.Shape[1], clip.Shape[2], truth, model, Pictures.Error(truth, model));
    }

    private static IResult Numbers(Episode episode) => Answer.Json(new
    {
        episode.Rows,
        episode.Return,
        episode.Reward,
        episode.Layout.Image?.Height,
        episode.Layout.Image?.Width,
        Actions = Enumerable.Range(0, episode.Rows).Select(row => episode.ActionAt(row).ToArray()),
        IsTerminal = episode.IsTerminal[^1],
    });

    private static IResult Sheet(Episode episode) => episode.Layout.Image is { } image
        ? Pictures.Sheet(image.Height, image.Width, Pictures.ToRgb(episode.Image, image.Channels))
        : throw new ReverieException("this episode is of vectors and has no pictures");
}

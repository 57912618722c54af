using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary>
/// <c>/api/evaluations?run=ID</c>: what there is to look at. <c>/api/dream</c>, <c>/api/episode</c>,
/// <c>/api/foresight</c> with <c>at=UPDATES</c>, of several tasks <c>at=UPDATES-TASK</c> (an episode also with
/// <c>file=NAME</c>): numbers, and with <c>.png</c> the pictures as a sheet.
/// <c>/api/video?run=ID&amp;name=NAME</c>: a film as it lies there.
/// </summary>
internal static class EvaluationEndpoints
{
    private const int MostEpisodes = 500;

    /// <summary>Adds the requests to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog, Readers readers)
    {
        Task<IResult> Of(string? run, Func<EvaluationFiles, IResult> answer) =>
            readers.Read(() => answer(new EvaluationFiles(catalog.Folder, catalog.Find(run))));
        routes.MapGet("/api/evaluations", (string? run) => Of(run, files => List(run, files)));
        routes.MapGet("/api/dream", (string? run, string at) => Of(run, files => Dream(files.Dream(at), at)));
        routes.MapGet("/api/dream.png", (string? run, string at) => Of(run, files => DreamSheet(files.Dream(at))));
        routes.MapGet("/api/episode",
            (string? run, string? at, string? file) => Of(run, files => Numbers(EpisodeOf(files, at, file), files.ActionNames)));
        routes.MapGet("/api/episode.png",
            (string? run, string? at, string? file) => Of(run, files => Sheet(EpisodeOf(files, at, file))));
        routes.MapGet("/api/foresight",
            (string? run, string at) => Of(run, files => ForesightAnswer.Numbers(files.Foresight(at), at)));
        routes.MapGet("/api/foresight.png",
            (string? run, string at) => Of(run, files => ForesightAnswer.Sheet(files.Foresight(at))));
        routes.MapGet("/api/video", (string? run, string? name) => Of(run, files => Film(files.Video(name ?? ""))));
    }

    private static IResult List(string? run, EvaluationFiles files) => Answer.Json(new
    {
        Run = run,
        Evaluations = files.List(),
        Episodes = files.Episodes().Take(MostEpisodes).Select(file => new { file.Name, file.Number, file.Decisions }),
        Videos = files.Videos(),
    });

    private static IResult Film(FilmFile film) => Results.Stream(film.Content, film.Type);

    private static Episode EpisodeOf(EvaluationFiles files, string? at, string? file) =>
        at is not null ? files.EpisodeAt(at) : files.Episode(file ?? "");

    private static IResult Dream(DreamClip clip, string at) => Answer.Json(new
    {
        At = at,
        clip.Context,
        Frames = clip.Truth?.Shape[0] ?? 0,
        Height = clip.Truth?.Shape[1],
        Width = clip.Truth?.Shape[2],
        Error = clip is { Truth: { } truth, Model: { } model }
            ? Pictures.RootMeanSquare(truth.As<byte>(), model.As<byte>(), truth.As<byte>().Length / truth.Shape[0])
            : [],
        Entries = clip.VectorTruth?.Shape[1] ?? 0,
        VectorTruth = clip.VectorTruth?.As<float>(),
        VectorModel = clip.VectorModel?.As<float>(),
    });

    private static IResult DreamSheet(DreamClip clip)
    {
        if (clip is not { Truth: { } shown, Model: { } drawn })
            throw new ReverieException("this dream is of vectors and has no pictures");
        var (truth, model) = (Rgb(shown), Rgb(drawn));
        return Pictures.Sheet(shown.Shape[1], shown.Shape[2], truth, model, Pictures.Error(truth, model));

        static byte[] Rgb(NpyArray pictures) => new ImageSpace(1, 1, pictures.Shape[3]).ToRgb(pictures.As<byte>());
    }

    private static IResult Numbers(Episode episode, IReadOnlyList<string> actionNames) => Answer.Json(new
    {
        episode.Rows,
        episode.Return,
        episode.Reward,
        episode.Layout.Image?.Height,
        episode.Layout.Image?.ToShown().Width,
        Actions = Enumerable.Range(0, episode.Rows).Select(row => episode.ActionAt(row).ToArray()),
        ActionNames = actionNames,
        IsTerminal = episode.IsTerminal[^1],
    });

    private static IResult Sheet(Episode episode) => episode.Layout.Image is { } image
        ? Pictures.Sheet(image.Height, image.ToShown().Width, image.ToRgb(episode.Image))
        : throw new ReverieException("this episode is of vectors and has no pictures");
}

namespace Reverie.Environments.CarRacing;

/// <summary>Draws races and makes of the pictures what an agent sees.</summary>
public sealed class FrameMaker
{
    private const int Whole = 96, CroppedRows = 84, AgentSize = 64;

    private readonly Frame frame;
    private readonly Painter painter;
    private readonly byte[] whole;
    private readonly Resampling? resampling;    // of what is cropped

    /// <summary>Makes one.</summary>
    /// <param name="look">How races are drawn.</param>
    /// <param name="frame">What is made of the pictures.</param>
    /// <param name="nativeSize">Rows and columns of native ones.</param>
    public FrameMaker(Look look, Frame frame, int nativeSize = Whole)
    {
        this.frame = frame;
        Picture = frame == Frame.Native ? new ImageSpace(nativeSize, nativeSize) : new ImageSpace(AgentSize, AgentSize);
        var drawn = frame switch { Frame.Small => AgentSize, Frame.Native => nativeSize, _ => Whole };
        painter = new Painter(look, drawn, drawn);
        whole = new byte[3 * drawn * drawn];
        resampling = frame switch
        {
            Frame.Cropped => Resampling.Area((Whole, CroppedRows), (AgentSize, AgentSize)),
            Frame.WorldModels => Resampling.Triangle((Whole, CroppedRows), (AgentSize, AgentSize)),
            _ => null,
        };
    }

    /// <summary>Size of what comes out.</summary>
    public ImageSpace Picture { get; }

    /// <summary>The frame that the configuration calls <c>cropped</c>, <c>world_models</c>, <c>small</c> or
    /// <c>native</c>.</summary>
    /// <exception cref="ConfigurationException">Another name.</exception>
    public static Frame Named(string name) => name switch
    {
        "cropped" => Frame.Cropped,
        "world_models" => Frame.WorldModels,
        "small" => Frame.Small,
        "native" => Frame.Native,
        _ => throw new ConfigurationException($"environment.car_frame is cropped, world_models, small or native, not '{name}'"),
    };

    /// <summary>A new picture of a race, (H, W, 3).</summary>
    public byte[] Draw(Race race)
    {
        if (resampling is null)
            return painter.Draw(race);
        painter.Draw(race, whole);
        var cropped = whole.AsSpan(0, 3 * Whole * CroppedRows);
        if (frame == Frame.WorldModels)
            WorldModelsFrame.Stretch(cropped);
        var small = resampling.Apply(cropped);
        if (frame == Frame.WorldModels)
            WorldModelsFrame.Wrap(small);
        return small;
    }
}

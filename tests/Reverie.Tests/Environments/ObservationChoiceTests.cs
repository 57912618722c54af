using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Environments;

public sealed class ObservationChoiceTests
{
    private static readonly BoxSpace Actions = BoxSpace.Uniform(2, -1, 1);

    [Theory]
    [InlineData(ObservationKind.Pixels, 4, 0, 3)]
    [InlineData(ObservationKind.Both, 4, 1, 3)]
    [InlineData(ObservationKind.Vector, 0, 1, 0)]
    public void AnEnvironmentThatCanDrawDrawsOnlyWhereItIsAsked(
        ObservationKind asked, int pixels, int entries, int drawn)
    {
        var inner = new StepCounter();
        using var environment = Make(inner, new MixedSpace(inner.Picture, (BoxSpace)inner.ObservationSpace), asked);
        Assert.Equal((pixels, entries), Sizes(environment.Reset()));
        Assert.Equal((pixels, entries), Sizes(environment.Step([0])));
        Assert.Equal((pixels, entries), Sizes(environment.Step([0])));
        Assert.Equal(drawn, inner.Drawn);
    }

    [Theory]
    [InlineData(ObservationKind.Pixels, 18, 0)]
    [InlineData(ObservationKind.Both, 18, 3)]
    [InlineData(ObservationKind.Vector, 0, 3)]
    public void AnEnvironmentThatObservesBothIsCutToWhatIsAsked(ObservationKind asked, int pixels, int entries)
    {
        var inner = new CountingEnvironment();
        using var environment = Make(inner, inner.ObservationSpace, asked);
        Assert.Equal((pixels, entries), Sizes(environment.Reset()));
        var row = environment.Step([0.5f, 1]);
        Assert.Equal((pixels, entries), Sizes(row));
        Assert.Equal(CountingEnvironment.RewardAt(1), row.Reward);
    }

    /// <summary>What the registration says is what is shown where nothing is asked.</summary>
    [Theory]
    [InlineData("pixels", 4, 0)]
    [InlineData("vector", 0, 1)]
    [InlineData("both", 4, 1)]
    public void WithoutAWishItIsWhatTheTaskIsRegisteredWith(string registered, int pixels, int entries)
    {
        var inner = new StepCounter();
        var vector = (BoxSpace)inner.ObservationSpace;
        Space space = registered switch
        {
            "pixels" => inner.Picture,
            "vector" => vector,
            _ => new MixedSpace(inner.Picture, vector),
        };
        using var environment = Make(inner, space, asked: null);
        Assert.Equal(space, environment.ObservationSpace);
        Assert.Equal((pixels, entries), Sizes(environment.Reset()));
    }

    [Theory]
    [InlineData(ObservationKind.Vector)]
    [InlineData(ObservationKind.Both)]
    public void PicturesAloneHaveNoVector(ObservationKind asked)
    {
        using var inner = new BarEnvironment();
        var fault = Assert.ThrowsAny<ReverieException>(() => Make(inner, inner.ObservationSpace, asked));
        Assert.Equal("task choice_test gives no vector, but pictures alone; model.encoder=pixels learns from them",
            fault.Message);
    }

    [Theory]
    [InlineData(ObservationKind.Pixels)]
    [InlineData(ObservationKind.Both)]
    public void AVectorAloneHasNoPictures(ObservationKind asked)
    {
        using var inner = new BlindEnvironment();
        var fault = Assert.ThrowsAny<ReverieException>(() => Make(inner, inner.ObservationSpace, asked));
        Assert.StartsWith("task choice_test gives no pictures: ", fault.Message);
        Assert.EndsWith("model.encoder=vector learns from the vector alone", fault.Message);
    }

    private static IEnvironment Make(IEnvironment inner, Space registered, ObservationKind? asked)
    {
        EnvironmentRegistry.Register(
            new TaskInfo
            {
                Task = "choice_test", Domain = "test", ObservationSpace = registered, ActionSpace = inner.ActionSpace,
            },
            (_, _) => inner);
        return EnvironmentRegistry.Make("choice_test", new EnvironmentConfig { Picture = "native" }, 1, asked);
    }

    private static (int Pixels, int Entries) Sizes(TimeStep row) => (row.Image.Length, row.Vector.Length);

    private sealed class BlindEnvironment : IEnvironment
    {
        public Space ObservationSpace { get; } = BoxSpace.Uniform(3, -1, 1);

        public Space ActionSpace => Actions;

        public TimeStep Reset(int? seed = null) => throw new NotSupportedException();

        public TimeStep Step(ReadOnlySpan<float> action) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}

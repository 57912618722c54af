using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Environments;

public sealed class PictureWrapperTests
{
    [Fact]
    public void AStackHasTheNewestFirstAndNothingOfTheEpisodeBefore()
    {
        using var environment = new StackedPictures(new CountingEnvironment(image: new(1, 2, 1)), 3);
        Assert.Equal(new ImageSpace(1, 2, 3), SpaceRule.PictureOf(environment.ObservationSpace));
        for (var episode = 0; episode < 2; episode++)
        {
            // The first pixel is the time, the second one always 1.
            Assert.Equal([0, 0, 0, 1, 1, 1], environment.Reset().Image);
            Assert.Equal([1, 0, 0, 1, 1, 1], environment.Step([1, 1]).Image);
            Assert.Equal([2, 1, 0, 1, 1, 1], environment.Step([1, 1]).Image);
            var row = environment.Step([1, 1]);
            Assert.Equal([3, 2, 1, 1, 1, 1], row.Image);
            Assert.Equal([3, 1, 1], row.Vector);
            Assert.Equal(1.5, row.Reward);
        }
    }

    [Fact]
    public void GreyIsTheBrightnessOfThreeColours()
    {
        using var environment = new GreyPicture(new OnePicture(new(1, 4, 3), [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]));
        Assert.Equal(new ImageSpace(1, 4, 1), environment.ObservationSpace);
        Assert.Equal([76, 150, 29, 9], environment.Reset().Image);
        using var grey = new GreyPicture(new OnePicture(new(1, 2, 1), [7, 8]));
        Assert.Equal([7, 8], grey.Reset().Image);
        Assert.Contains("pictures of 4 channels have no three colours", Assert.Throws<ConfigurationException>(
            () => new GreyPicture(new OnePicture(new(1, 1, 4), [1, 2, 3, 4]))).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void EveryChannelIsResizedByItself(int channels)
    {
        // Left half 10 + c, right half 90 + c.
        byte[] picture = [.. Enumerable.Range(0, 6 * 8 * channels)
            .Select(i => (byte)((i / channels % 8 < 4 ? 10 : 90) + i % channels))];
        using var environment = new ResizedPicture(new OnePicture(new(6, 8, channels), picture), 3, 2);
        Assert.Equal(new ImageSpace(3, 2, channels), environment.ObservationSpace);
        Assert.Equal(Enumerable.Range(0, 3 * 2 * channels).Select(i => (i / channels % 2 == 0 ? 10 : 90) + i % channels),
            environment.Reset().Image.Select(value => (int)value));
    }

    [Fact]
    public void APictureOfAnotherSizeThanWasSaidIsNamedWithBoth()
    {
        using var environment = new ResizedPicture(new OnePicture(new(2, 2, 3), new byte[13]), 4, 4);
        Assert.Contains("13 bytes where 12 are due, for Image[2, 2, 3]",
            Assert.Throws<EnvironmentException>(() => environment.Reset()).Message);
    }

    [Theory]
    [InlineData("64x64", false, 1, 64, 64, 3)]
    [InlineData("30x20", false, 1, 20, 30, 3)]
    [InlineData("native", false, 1, 48, 32, 3)]
    [InlineData("native", true, 1, 48, 32, 1)]
    [InlineData("16x16", true, 4, 16, 16, 4)]
    public void WhatIsKnownBeforehandIsWhatIsShown(
        string picture, bool grey, int stack, int height, int width, int channels)
    {
        var own = new ImageSpace(48, 32);
        EnvironmentRegistry.Register(new TaskInfo
        {
            Task = "one_picture", Domain = "tests", ObservationSpace = own, ActionSpace = BoxSpace.Uniform(1, -1, 1),
        }, (_, _) => new OnePicture(own, [.. Enumerable.Repeat((byte)200, own.Size)]));
        var config = new EnvironmentConfig { Picture = picture, Grey = grey, Stack = stack };
        using var environment = EnvironmentRegistry.Make("one_picture", config, 1);
        Assert.Equal(new ImageSpace(height, width, channels), environment.ObservationSpace);
        Assert.Equal(environment.ObservationSpace, EnvironmentRegistry.ObservationSpaceOf("one_picture", config));
        Assert.Equal(Enumerable.Repeat((byte)200, height * width * channels), environment.Reset().Image);
    }

    [Theory]
    [InlineData(1, new byte[] { 5, 5, 5, 6, 6, 6 })]
    [InlineData(2, new byte[] { 5, 5, 5, 6, 6, 6 })]
    [InlineData(3, new byte[] { 5, 1, 2, 6, 1, 2 })]
    [InlineData(4, new byte[] { 5, 1, 2, 6, 1, 2 })]
    [InlineData(6, new byte[] { 5, 1, 2, 6, 1, 2 })]
    public void PeopleSeeTheFirstChannels(int channels, byte[] seen)
    {
        byte[] pictures = [5, .. Enumerable.Range(1, channels - 1).Select(i => (byte)i),
            6, .. Enumerable.Range(1, channels - 1).Select(i => (byte)i)];
        Assert.Equal(seen, new ImageSpace(1, 1, channels).ToRgb(pictures));
    }

    /// <summary>Shows the same picture for ever.</summary>
    private sealed class OnePicture(ImageSpace space, byte[] picture) : IEnvironment
    {
        public Space ObservationSpace => space;

        public Space ActionSpace => BoxSpace.Uniform(1, -1, 1);

        public TimeStep Reset(int? seed = null) => new() { Image = [.. picture], Vector = [], IsFirst = true };

        public TimeStep Step(ReadOnlySpan<float> action) => new() { Image = [.. picture], Vector = [] };

        public void Dispose()
        {
        }
    }
}

using Reverie.Cli.Play;

namespace Reverie.Tests.Cli.Play;

public sealed class HalfBlocksTests
{
    [Fact]
    public void TwoPixelsShareACharacter()
    {
        byte[] picture = [255, 0, 0, 1, 2, 3, 0, 0, 255, 1, 2, 3];    // red above blue, and beside it one colour
        Assert.Equal("\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀\x1b[38;2;1;2;3m\x1b[48;2;1;2;3m▀\x1b[0m",
            HalfBlocks.Text(picture, 2, 2, 2, 1));
    }

    [Fact]
    public void ColoursAreToldWhenTheyChange()
    {
        var text = HalfBlocks.Text(Enumerable.Repeat((byte)9, 3 * 64 * 64).ToArray(), 64, 64, 64, 32);
        Assert.Equal(32, text.Split("\x1b[38;2;9;9;9m").Length - 1);
        Assert.Equal(64 * 32, text.Count(letter => letter == '▀'));
        Assert.Equal(32, text.Split("\r\n").Length);
    }

    [Fact]
    public void ALargePictureIsAveragedIntoASmallTerminal()
    {
        Assert.Equal((96, 48), HalfBlocks.Fit(96, 96, 200, 60));
        Assert.Equal((40, 20), HalfBlocks.Fit(96, 96, 200, 20));
        Assert.Equal((30, 15), HalfBlocks.Fit(96, 96, 30, 60));
        byte[] picture = [0, 100, 0, 100, 0, 100, 0, 100];    // grey, 4 by 2
        Assert.Equal("\x1b[38;2;50;50;50m\x1b[48;2;50;50;50m▀▀\x1b[0m", HalfBlocks.Text(picture, 4, 2, 2, 1));
    }
}

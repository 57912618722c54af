using Reverie.Torch;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch;

[NoTensorLeaks]
public class TensorScopeTests
{
    [Fact]
    public void WithoutAScopeTheTextSaysWhatToDo()
    {
        var error = Assert.Throws<TorchException>(() => Zeros([2]));
        Assert.Contains("using var scope = new TensorScope();", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AScopeFreesWhatItOwns()
    {
        var before = Tensor.LiveCount;
        Tensor inner;
        using (var scope = new TensorScope())
        {
            inner = Zeros([2]) + 1;
            Assert.Equal(2, scope.Count);
            Assert.Equal(before + 2, Tensor.LiveCount);
        }
        Assert.Equal(before, Tensor.LiveCount);
        Assert.Contains("Return() or Keep()", Assert.Throws<ObjectDisposedException>(() => inner + 1).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ReturnHandsToTheScopeAround()
    {
        Tensor result;
        using (var outer = new TensorScope())
        {
            result = Double(FromArray([1f, 2], [2]));
            Assert.Equal([2f, 4], result.ToArray<float>());
            Assert.Equal(2, outer.Count);
        }
        Assert.Throws<ObjectDisposedException>(() => result.ToArray<float>());

        static Tensor Double(Tensor x)
        {
            using var scope = new TensorScope();
            return scope.Return((x + x) * 1);
        }
    }

    [Fact]
    public void ReturnNeedsAScopeAround() => Assert.Throws<TorchException>(() =>
    {
        using var scope = new TensorScope();
        scope.Return(Zeros([1]));
    });

    [Fact]
    public void ReturnLeavesAloneWhatTheScopeDoesNotOwn()
    {
        using var outer = new TensorScope();
        var x = Ones([2]);
        using (var inner = new TensorScope())
        {
            inner.Return(x);
            Assert.Equal(0, inner.Count);
        }
        Assert.Equal([1f, 1], x.ToArray<float>());
    }

    [Fact]
    public void KeepTakesATensorOutUntilItIsDisposed()
    {
        Tensor kept;
        using (new TensorScope()) kept = (Ones([3]) * 2).Keep();
        Assert.Equal([2f, 2, 2], kept.ToArray<float>());
        kept.Dispose();
        kept.Dispose();
        Assert.Throws<ObjectDisposedException>(() => kept.ToArray<float>());
    }

    [Fact]
    public void EarlyDisposalLeavesTheOthers()
    {
        using var scope = new TensorScope();
        var all = Enumerable.Range(0, 200).Select(i => Full([1], i)).ToArray();
        for (var i = 0; i < all.Length; i += 2) all[i].Dispose();
        Assert.Equal(100, scope.Count);
        for (var i = 1; i < all.Length; i += 2) Assert.Equal(i, all[i].Item());
    }

    [Fact]
    public void ScopesCloseInReverseOrder()
    {
        var outer = new TensorScope();
        var inner = new TensorScope();
        string? text = null;
        try
        {
            outer.Dispose();
        }
        catch (TorchException error)
        {
            text = error.Message;
        }
        inner.Dispose();
        outer.Dispose();
        Assert.Contains("reverse order", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnErrorOnTheWayOutFreesToo()
    {
        var before = Tensor.LiveCount;
        Assert.Throws<TorchException>(() =>
        {
            using var scope = new TensorScope();
            Zeros([2]).Matmul(Zeros([3]));
        });
        Assert.Equal(before, Tensor.LiveCount);
    }
}

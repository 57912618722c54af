using System.Reflection;
using Reverie.Torch;
using Reverie.Torch.Native;

namespace Reverie.Tests.Torch.Native;

public class AtenTests
{
    /// <summary>Names and overloads differ between versions of libtorch; this asks for all at once.</summary>
    [Fact]
    public void EveryOperatorIsInThisLibtorch()
    {
        var fields = typeof(Aten).GetFields(BindingFlags.Static | BindingFlags.NonPublic);
        var operators = fields.Where(field => field.FieldType == typeof(Operator)).ToArray();
        Assert.True(operators.Length > 100);
        Assert.All(operators, field => Assert.NotEqual(0, ((Operator)field.GetValue(null)!).Handle));
    }

    [Fact]
    public void AnUnknownNameIsTold()
    {
        var error = Assert.Throws<TorchException>(() => new Operator("aten::add", "Nothing").Handle);
        Assert.Contains("has no operator aten::add.Nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingArgumentIsTold()
    {
        using var scope = new TensorScope();
        var error = Assert.Throws<TorchException>(() => Aten.Add.Call(Tensor.Ones([1])));
        Assert.Contains("argument 1 is missing", error.Message, StringComparison.Ordinal);
    }
}

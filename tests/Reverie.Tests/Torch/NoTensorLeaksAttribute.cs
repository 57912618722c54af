using System.Reflection;
using Reverie.Torch;
using Xunit.Sdk;

namespace Reverie.Tests.Torch;

/// <summary>Fails a test, or every test of a class, that leaves more tensors alive than it found.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class NoTensorLeaksAttribute : BeforeAfterTestAttribute
{
    private long before;

    public override void Before(MethodInfo methodUnderTest) => before = Tensor.LiveCount;

    public override void After(MethodInfo methodUnderTest)
    {
        var left = Tensor.LiveCount - before;
        if (left != 0) throw new XunitException($"{methodUnderTest.Name} left {left} tensor(s) alive");
    }
}

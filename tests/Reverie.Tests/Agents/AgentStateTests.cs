using Reverie.Agents;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

public sealed class AgentStateTests
{
    [Fact, NoTensorLeaks]
    public void SeededAnewItDrawsAsANewOneAndRemembersWhatItDid()
    {
        using var scope = new TensorScope();
        using var fresh = new AgentState(2, Device.Cpu, 7);
        using var used = new AgentState(2, Device.Cpu, 3) { Numbers = [1, 2] };
        _ = (used.Random.NextUInt64(), Tensor.Randn([5], used.Noise));
        used.Reseed(7);
        Assert.Equal(fresh.Random.NextUInt64(), used.Random.NextUInt64());
        Assert.Equal(Tensor.Randn([5], fresh.Noise).ToArray<float>(), Tensor.Randn([5], used.Noise).ToArray<float>());
        Assert.Equal([1, 2], used.Numbers);
    }
}

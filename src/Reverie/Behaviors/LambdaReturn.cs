using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>Values of imagined states from imagined rewards (Dreamer eq. 4–6). Every function takes N rows of states,
/// time first, (N, …), and the value of the state after them; gradients flow through all arguments.</summary>
/// <remarks><code>
/// row k            0          1        …       N−1            N
/// state           x_0   →    x_1   →  …  →   x_{N−1}    →    x_N
/// reward          r_0        r_1             r_{N−1}                      r_k: for arriving in x_k
/// value           v_0        v_1             v_{N−1}         b = v(x_N)
/// discount        d_0        d_1             d_{N−1}                      d_k: how much of what follows x_k counts
/// weight           1         d_0      …   d_0 ⋯ d_{N−2}                   a state's own discount is not for itself
/// </code></remarks>
public static class LambdaReturn
{
    /// <summary>V_λ (eq. 6) by its recursion: V_k = r_k + d_k·[(1 − λ)·v_{k+1} + λ·V_{k+1}], V_N = b.</summary>
    /// <param name="reward">(N, …).</param>
    /// <param name="value">(N, …); v_0 does not matter.</param>
    /// <param name="discount">(N, …), γ or the predicted continuation with γ in it.</param>
    /// <param name="bootstrap">b, (…).</param>
    /// <param name="lambda">0 looks one step ahead, 1 to the end.</param>
    /// <returns>(N, …).</returns>
    public static Tensor Lambda(Tensor reward, Tensor value, Tensor discount, Tensor bootstrap, double lambda) =>
        Lambda(reward + discount * After(value, bootstrap) * (1 - lambda), discount * lambda, bootstrap);

    /// <summary>The same with a λ for each row, (N, …): 0 where what follows is of another episode.</summary>
    public static Tensor Lambda(Tensor reward, Tensor value, Tensor discount, Tensor bootstrap, Tensor lambda) =>
        Lambda(reward + discount * After(value, bootstrap) * (1 - lambda), discount * lambda, bootstrap);

    // V_k = one_k + carry_k · V_{k+1}
    private static Tensor Lambda(Tensor first, Tensor following, Tensor bootstrap)
    {
        var (oneStep, carry) = (first.Unbind(), following.Unbind());                                // N × (…)
        var returns = new Tensor[oneStep.Length];
        for (var k = returns.Length - 1; k >= 0; k--)
            returns[k] = oneStep[k] + carry[k] * (k + 1 < returns.Length ? returns[k + 1] : bootstrap);
        return Tensor.Stack(returns);
    }

    /// <summary>V_N^k (eq. 5): rewards of <paramref name="steps"/> steps, or of those that are left before x_N, then
    /// the value of the state reached.</summary>
    public static Tensor NStep(Tensor reward, Tensor value, Tensor discount, Tensor bootstrap, int steps)
    {
        for (var step = 0; step < Math.Min(steps, reward.Size(0)); step++)
            value = reward + discount * After(value, bootstrap);
        return value;
    }

    /// <summary>V_R (eq. 4): the sum of rewards up to the horizon and no value beyond it, undiscounted: (N, …) → (N,
    /// …).</summary>
    public static Tensor RewardSum(Tensor reward) => reward.Flip(0).Cumsum(0).Flip(0);

    /// <summary>Weights of the states in the losses: cumprod [1, d_0, …, d_{N−2}], without gradient.</summary>
    public static Tensor Weights(Tensor discount) =>
        Tensor.Cat([Tensor.Ones(discount[0].Shape, discount.DType, discount.Device).Unsqueeze(0),
            discount.Detach().Narrow(0, 0, discount.Size(0) - 1)]).Cumprod(0);

    /// <summary>The estimate that the configuration names, for the first H − 1 of H imagined states; the last one
    /// gives its value, and in V_R its reward.</summary>
    /// <param name="config">Which, and its λ or k.</param>
    /// <param name="reward">(H, …), H at least 2.</param>
    /// <param name="value">(H, …).</param>
    /// <param name="discount">(H, …).</param>
    /// <returns>(H − 1, …).</returns>
    public static Tensor Estimate(ImaginationConfig config, Tensor reward, Tensor value, Tensor discount)
    {
        var rows = reward.Size(0) - 1;
        Tensor Before(Tensor all) => all.Narrow(0, 0, rows);
        return config.Return switch
        {
            "lambda" => Lambda(Before(reward), Before(value), Before(discount), value[rows], config.Lambda),
            "n_step" => NStep(Before(reward), Before(value), Before(discount), value[rows], config.NStep),
            "reward" => Before(RewardSum(reward)),
            var other => throw new ConfigurationException(
                $"imagination.return: '{other}' is unknown; use lambda, n_step or reward"),
        };
    }

    /// <summary>DreamerV3's G_t of replayed rows, (L − 1, …): what follows another episode's beginning is not looked at,
    /// and nothing follows a true end.</summary>
    /// <param name="reward">(L, …).</param>
    /// <param name="terminal">(L, …), 1 where the environment truly ended.</param>
    /// <param name="last">(L, …), 1 where the episode ended, truly or not.</param>
    /// <param name="bootstrap">b_t, (L, …).</param>
    /// <param name="config">γ and λ.</param>
    internal static Tensor Replayed(Tensor reward, Tensor terminal, Tensor last, Tensor bootstrap,
        ImaginationConfig config) => Replayed(reward, terminal, last, bootstrap, config.Discount, config.Lambda);

    /// <summary>A3C's R_k of a rollout, (T, …): rewards up to the end of the episode or of the rollout, whichever is first,
    /// then the value of the row there unless the environment truly ended: G_t with λ = 1.</summary>
    /// <param name="reward">(T + 1, …); that of the first row is not looked at.</param>
    /// <param name="terminal">(T + 1, …), 1 where the environment truly ended.</param>
    /// <param name="last">(T + 1, …), 1 where the episode ended, truly or not.</param>
    /// <param name="value">Of the rows, (T + 1, …).</param>
    /// <param name="discount">γ.</param>
    public static Tensor Rollout(Tensor reward, Tensor terminal, Tensor last, Tensor value, double discount) =>
        Replayed(reward, terminal, last, value, discount, lambda: 1);

    private static Tensor Replayed(Tensor reward, Tensor terminal, Tensor last, Tensor bootstrap, double discount,
        double lambda)
    {
        var rows = reward.Size(0) - 1;
        Tensor Later(Tensor all) => all.Narrow(0, 1, rows);
        return Lambda(Later(reward), bootstrap.Narrow(0, 0, rows), Later((1 - terminal) * discount),
            bootstrap[rows], Later((1 - last) * lambda));
    }

    /// <summary>DreamerV3's R_k and w_k of imagined rows, (H, …) each: a return takes the reward of the next row, a weight
    /// the continuation of its own.</summary>
    /// <param name="reward">(H + 1, …); r_0 does not matter.</param>
    /// <param name="goesOn">c_k with γ in it, (H + 1, …).</param>
    /// <param name="value">(H + 1, …).</param>
    /// <param name="lambda">λ.</param>
    internal static (Tensor Return, Tensor Weight) Imagined(
        Tensor reward, Tensor goesOn, Tensor value, double lambda)
    {
        var rows = reward.Size(0) - 1;
        Tensor Before(Tensor all) => all.Narrow(0, 0, rows);
        Tensor Later(Tensor all) => all.Narrow(0, 1, rows);
        return (Lambda(Later(reward), Before(value), Later(goesOn), value[rows], lambda),
            Before(goesOn).Cumprod(0));
    }

    // [v_1, …, v_{N−1}, b]
    private static Tensor After(Tensor value, Tensor bootstrap) =>
        Tensor.Cat([value.Narrow(0, 1, value.Size(0) - 1), bootstrap.Unsqueeze(0)]);
}

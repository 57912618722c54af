namespace Reverie.Torch.Native;

/// <summary>Handles of the operators in use, by their names in libtorch's schemas.</summary>
internal static class Aten
{
    internal static readonly Operator
        Abs = new("aten::abs"), Add = new("aten::add", "Tensor"), AddScalar = new("aten::add", "Scalar"),
        Add_ = new("aten::add_", "Tensor"), Addmm_ = new("aten::addmm_"), All = new("aten::all"),
        Any = new("aten::any"), Arange = new("aten::arange", "start_step"), Argmax = new("aten::argmax"),
        Atanh = new("aten::atanh"), Baddbmm = new("aten::baddbmm"), Bmm = new("aten::bmm"),
        Bucketize = new("aten::bucketize", "Tensor"), Cat = new("aten::cat"), Clamp = new("aten::clamp"),
        Clone = new("aten::clone"), Contiguous = new("aten::contiguous"), Conv2d = new("aten::conv2d"),
        ConvTranspose2d = new("aten::conv_transpose2d", "input"), Copy_ = new("aten::copy_"), Cos = new("aten::cos"),
        Cumprod = new("aten::cumprod"), Cumsum = new("aten::cumsum"), Detach = new("aten::detach"),
        Diagonal = new("aten::diagonal"), Div = new("aten::div", "Tensor"), DivScalar = new("aten::div", "Scalar"),
        Eigh = new("aten::linalg_eigh"), Elu = new("aten::elu"), Eq = new("aten::eq", "Tensor"),
        EqScalar = new("aten::eq", "Scalar"), Erf = new("aten::erf"), Erfinv = new("aten::erfinv"),
        Exp = new("aten::exp"), Expand = new("aten::expand"), Expm1 = new("aten::expm1"),
        Fill_ = new("aten::fill_", "Scalar"), Flatten = new("aten::flatten", "using_ints"), Flip = new("aten::flip"),
        Floor = new("aten::floor"), Full = new("aten::full"), Gather = new("aten::gather"),
        Ge = new("aten::ge", "Tensor"), GeScalar = new("aten::ge", "Scalar"), Gt = new("aten::gt", "Tensor"),
        GtScalar = new("aten::gt", "Scalar"), IndexSelect = new("aten::index_select"), IsFinite = new("aten::isfinite"),
        LayerNorm = new("aten::layer_norm"), Le = new("aten::le", "Tensor"), LeScalar = new("aten::le", "Scalar"),
        Linear = new("reverie::linear"), Log = new("aten::log"), Log1p = new("aten::log1p"),
        LogSigmoid = new("aten::log_sigmoid"), LogSoftmax = new("aten::log_softmax", "int"),
        LogSumExp = new("aten::logsumexp"), Lt = new("aten::lt", "Tensor"), LtScalar = new("aten::lt", "Scalar"),
        Matmul = new("aten::matmul"), Max = new("aten::max"), Amax = new("aten::amax"), Amin = new("aten::amin"),
        MaxPool2d = new("aten::max_pool2d"), Maximum = new("aten::maximum"), Mean = new("aten::mean"),
        MeanDim = new("aten::mean", "dim"), Min = new("aten::min"), Minimum = new("aten::minimum"),
        Mm = new("aten::mm"), Mul = new("aten::mul", "Tensor"), MulScalar = new("aten::mul", "Scalar"),
        Mul_ = new("aten::mul_", "Tensor"), MulScalar_ = new("aten::mul_", "Scalar"),
        Multinomial = new("aten::multinomial"), Narrow = new("aten::narrow"), Neg = new("aten::neg"),
        Norm = new("aten::linalg_vector_norm"), OneHot = new("aten::one_hot"), Pad = new("aten::constant_pad_nd"),
        Permute = new("aten::permute"), PixelShuffle = new("aten::pixel_shuffle"),
        PixelUnshuffle = new("aten::pixel_unshuffle"), PowScalar = new("aten::pow", "Tensor_Scalar"),
        Qr = new("aten::linalg_qr"), Rand = new("aten::rand", "generator"), Randn = new("aten::randn", "generator"),
        Reciprocal = new("aten::reciprocal"), Relu = new("aten::relu"), Repeat = new("aten::repeat"),
        Reshape = new("aten::reshape"), Rsqrt = new("aten::rsqrt"), RsubScalar = new("aten::rsub", "Scalar"),
        ScatterAdd = new("aten::scatter_add"), Select = new("aten::select", "int"), Sigmoid = new("aten::sigmoid"), Sign = new("aten::sign"),
        Silu = new("aten::silu"), Sin = new("aten::sin"), Softmax = new("aten::softmax", "int"), Sort = new("aten::sort"),
        Softplus = new("aten::softplus"), Split = new("aten::split", "Tensor"),
        SplitSizes = new("aten::split_with_sizes"), Sqrt = new("aten::sqrt"), Square = new("aten::square"),
        Squeeze = new("aten::squeeze", "dim"), Stack = new("aten::stack"), Sub = new("aten::sub", "Tensor"),
        SubScalar = new("aten::sub", "Scalar"), Sum = new("aten::sum"), SumDim = new("aten::sum", "dim_IntList"),
        Take = new("aten::take"), Tanh = new("aten::tanh"), ToDtype = new("aten::to", "dtype"),
        ToDevice = new("aten::to", "device"), TopK = new("aten::topk"), Transpose = new("aten::transpose", "int"),
        Unbind = new("aten::unbind", "int"), Unsqueeze = new("aten::unsqueeze"),
        UpsampleNearest2d = new("aten::upsample_nearest2d"), Var = new("aten::var", "correction"),
        Where = new("aten::where", "self"), Zero_ = new("aten::zero_"), ZerosLike = new("aten::zeros_like"),
        ForeachNorm = new("aten::_foreach_norm", "Scalar");

    /// <summary>Operators of our own, in <c>native/torch_operators.cpp</c>.</summary>
    internal static readonly Operator
        Adam_ = new("reverie::adam_"), AdamTogether_ = new("reverie::adam_together_"),
        Dequantize = new("reverie::dequantize"), FusedConv2d = new("reverie::conv2d"),
        LaProp_ = new("reverie::laprop_"), LaPropTogether_ = new("reverie::laprop_together_"),
        GruGates = new("reverie::gru_gates"), GruReset = new("reverie::gru_reset"), GruBlend = new("reverie::gru_blend"),
        LstmGates = new("reverie::lstm_gates"), BlockGates = new("reverie::block_gates"),
        RmsNorm = new("reverie::rms_norm"), OneHotDraw = new("reverie::one_hot_draw"),
        OneHotDivergence = new("reverie::one_hot_divergence"), TwoHotLogProb = new("reverie::two_hot_log_prob"),
        TwoHotMean = new("reverie::two_hot_mean"),
        FusedConvTranspose2d = new("reverie::conv_transpose2d"), HalfSquaredError = new("reverie::half_squared_error"),
        ScaleBytes = new("reverie::scale_bytes");
}

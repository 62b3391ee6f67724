using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Native;

public sealed unsafe class TensorMemoryTests
{
    [Fact]
    public void A_wrapped_tensor_is_the_memory_itself()
    {
        float[] memory = [1, 2, 3, 4, 5, 6];
        fixed (float* pointer = memory)
        {
            using Tensor tensor = TensorMemory.Wrap(pointer, [2, 3], ScalarType.Float32);
            Assert.Equal([2, 3], tensor.shape);
            Assert.Equal(6, tensor[1, 2].item<float>());
            memory[5] = 60;
            Assert.Equal(60, tensor[1, 2].item<float>());
            tensor.zero_();
            Assert.Equal(new float[6], memory);
            Assert.Equal((nint)pointer, TensorMemory.Pointer(tensor));
        }
    }

    [Fact]
    public void The_pointer_is_that_of_the_first_element_of_a_view()
    {
        using var scope = NewDisposeScope();
        Tensor tensor = arange(10, dtype: ScalarType.Float32);
        Assert.Equal(7, *TensorMemory.Floats(tensor.narrow(0, 7, 2)));
    }
}

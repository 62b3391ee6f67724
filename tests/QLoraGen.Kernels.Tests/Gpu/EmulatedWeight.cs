using QLoraGen.Emulation;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.Kernels.Tests.Gpu;

internal static class EmulatedWeight
{
    extension(EmulatedDevice device)
    {
        /// <summary>The weight's parts, each in a buffer of its own, so that a read beyond one is a fault.</summary>
        public GpuWeight Copy(TestWeight weight)
        {
            QuantSlot slot = weight.Slot;
            bool nested = weight.View.Format.DoubleQuant;
            byte[] absmax = new byte[(slot.AbsmaxLength + 3) & ~3L];
            weight.Absmax.CopyTo(absmax);
            return new(weight.View.Format, weight.View.Rows, weight.View.Cols, device.Allocate<byte>(weight.Codes), device.Allocate(absmax),
                nested ? device.Allocate<float>(weight.NestedAbsmax) : 0, nested ? device.Allocate<byte>(weight.Region.Slice((int)slot.NestedOffset, 4)) : 0);
        }
    }
}

namespace QLoraGen.Emulation;

/// <summary>Where generic addresses show the memories of a block and of a thread.</summary>
internal static class PtxAddresses
{
    public const ulong SharedWindow = 0x7F00_0000_0000;
    public const ulong LocalWindow = 0x7E00_0000_0000;
    private const ulong WindowBytes = 1UL << 32;

    public static ulong Window(PtxSpace space) => space switch
    {
        PtxSpace.Shared => SharedWindow,
        PtxSpace.Local => LocalWindow,
        _ => 0,
    };

    public static (PtxSpace Space, ulong Address) Resolve(ulong generic)
    {
        if (generic - SharedWindow < WindowBytes)
            return (PtxSpace.Shared, generic - SharedWindow);
        if (generic - LocalWindow < WindowBytes)
            return (PtxSpace.Local, generic - LocalWindow);
        return (PtxSpace.Global, generic);
    }

    public static void CheckAligned(PtxSpace space, ulong address, int bytes)
    {
        if ((address & (ulong)(bytes - 1)) != 0)
            throw new PtxFault($"The {space} address 0x{address:X} is not aligned to the {bytes} bytes of the access.");
    }

    public static ref byte At(byte[] memory, PtxSpace space, ulong address, int bytes)
    {
        CheckAligned(space, address, bytes);
        if (address >= (ulong)memory.Length || address + (ulong)bytes > (ulong)memory.Length)
            throw new PtxFault($"{bytes} bytes at 0x{address:X} are outside the {memory.Length} bytes of {space} memory.");
        return ref memory[address];
    }

    /// <summary>The bytes at an address of any memory, checked and, in shared memory, watched for races.</summary>
    public static ref byte At(this PtxThread thread, PtxSpace space, ulong address, int bytes, PtxAccess access)
    {
        if (space == PtxSpace.Generic)
            (space, address) = Resolve(address);
        switch (space)
        {
            case PtxSpace.Global or PtxSpace.Const:
                return ref thread.Block.Global.At(address, bytes);
            case PtxSpace.Shared:
                return ref thread.Block.Shared.At(thread, address, bytes, access);
            case PtxSpace.Local:
                return ref At(thread.Local, space, address, bytes);
            default:
                return ref At(thread.Params, space, address, bytes);
        }
    }
}

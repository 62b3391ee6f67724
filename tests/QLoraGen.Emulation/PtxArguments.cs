namespace QLoraGen.Emulation;

/// <summary>Lays the arguments of a launch out as the entry's parameters are.</summary>
internal static class PtxArguments
{
    public static byte[] Pack(PtxFunction function, object[] arguments)
    {
        if (arguments.Length != function.Parameters.Count)
            throw new PtxFault($"'{function.Name}' has {function.Parameters.Count} parameters; {arguments.Length} arguments are given.");
        byte[] packed = new byte[function.ParamBytes];
        foreach (var (parameter, argument) in function.Parameters.Zip(arguments))
        {
            byte[] bytes = Bytes(argument);
            if (bytes.Length != parameter.Bytes)
                throw new PtxFault(
                    $"The parameter '{parameter.Name}' has {parameter.Bytes} bytes; the argument {argument} has {bytes.Length}.");
            bytes.CopyTo(packed, parameter.Offset);
        }
        return packed;
    }

    /// <summary>The 16 bytes of an ILGPU view: an address and a number of elements.</summary>
    public static byte[] View(long address, long length) => [.. BitConverter.GetBytes(address), .. BitConverter.GetBytes(length)];

    private static byte[] Bytes(object argument) => argument switch
    {
        long value => BitConverter.GetBytes(value),
        ulong value => BitConverter.GetBytes(value),
        int value => BitConverter.GetBytes(value),
        uint value => BitConverter.GetBytes(value),
        float value => BitConverter.GetBytes(value),
        double value => BitConverter.GetBytes(value),
        ushort value => BitConverter.GetBytes(value),
        byte value => [value],
        byte[] value => value,
        _ => throw new PtxFault($"An argument of type {argument.GetType().Name} cannot be passed."),
    };
}

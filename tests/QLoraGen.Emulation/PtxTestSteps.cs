namespace QLoraGen.Emulation;

/// <summary>What kind of number a float is.</summary>
internal static class PtxTestSteps
{
    public static PtxStep Test(PtxDecoding decoding)
    {
        Func<double, bool> property = decoding.TakeOne("finite", "infinite", "number", "notanumber") switch
        {
            "finite" => double.IsFinite,
            "infinite" => double.IsInfinity,
            "number" => value => !double.IsNaN(value),
            _ => double.IsNaN,
        };
        var type = decoding.TakeType();
        var (d, a) = (decoding.Destination(0), decoding.Source(1, type));
        return type.Name switch
        {
            "f32" => thread => thread.Set<ulong>(d, property(thread.Get<float>(a)) ? 1u : 0),
            "f64" => thread => thread.Set<ulong>(d, property(thread.Get<double>(a)) ? 1u : 0),
            _ => throw new PtxFault($"'testp' takes no {type.Name}."),
        };
    }
}

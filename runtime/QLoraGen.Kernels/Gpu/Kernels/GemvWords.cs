using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>A quarter of the codes that a lane of the matrix-vector kernel holds: 8 of each of 4 rows, times 8 activations a token.</summary>
internal static class GemvWords
{
    /// <summary>Codes 0 to 7.</summary>
    public static void Add0<TTokens>(long token, long pitch, int m) where TTokens : struct, ITokens
    {
        Activations<TTokens>(token, pitch, m);
        CudaAsm.Emit("mov.b32 w, q0;");
        Row0<TTokens>();
        CudaAsm.Emit("mov.b32 w, q4;");
        Row1<TTokens>();
        CudaAsm.Emit("mov.b32 w, q8;");
        Row2<TTokens>();
        CudaAsm.Emit("mov.b32 w, q12;");
        Row3<TTokens>();
    }

    /// <summary>Codes 8 to 15.</summary>
    public static void Add1<TTokens>(long token, long pitch, int m) where TTokens : struct, ITokens
    {
        Activations<TTokens>(token, pitch, m);
        CudaAsm.Emit("mov.b32 w, q1;");
        Row0<TTokens>();
        CudaAsm.Emit("mov.b32 w, q5;");
        Row1<TTokens>();
        CudaAsm.Emit("mov.b32 w, q9;");
        Row2<TTokens>();
        CudaAsm.Emit("mov.b32 w, q13;");
        Row3<TTokens>();
    }

    /// <summary>Codes 16 to 23.</summary>
    public static void Add2<TTokens>(long token, long pitch, int m) where TTokens : struct, ITokens
    {
        Activations<TTokens>(token, pitch, m);
        CudaAsm.Emit("mov.b32 w, q2;");
        Row0<TTokens>();
        CudaAsm.Emit("mov.b32 w, q6;");
        Row1<TTokens>();
        CudaAsm.Emit("mov.b32 w, q10;");
        Row2<TTokens>();
        CudaAsm.Emit("mov.b32 w, q14;");
        Row3<TTokens>();
    }

    /// <summary>Codes 24 to 31.</summary>
    public static void Add3<TTokens>(long token, long pitch, int m) where TTokens : struct, ITokens
    {
        Activations<TTokens>(token, pitch, m);
        CudaAsm.Emit("mov.b32 w, q3;");
        Row0<TTokens>();
        CudaAsm.Emit("mov.b32 w, q7;");
        Row1<TTokens>();
        CudaAsm.Emit("mov.b32 w, q11;");
        Row2<TTokens>();
        CudaAsm.Emit("mov.b32 w, q15;");
        Row3<TTokens>();
    }

    private static void Row0<TTokens>() where TTokens : struct, ITokens
    {
        CudaAsm.Emit(LookupText.Lookup);
        CudaAsm.Emit(GemvText.Add00);
        if (default(TTokens).Count > 1) { CudaAsm.Emit(GemvText.Add01); }
        if (default(TTokens).Count > 2) { CudaAsm.Emit(GemvText.Add02); CudaAsm.Emit(GemvText.Add03); }
    }

    private static void Row1<TTokens>() where TTokens : struct, ITokens
    {
        CudaAsm.Emit(LookupText.Lookup);
        CudaAsm.Emit(GemvText.Add10);
        if (default(TTokens).Count > 1) { CudaAsm.Emit(GemvText.Add11); }
        if (default(TTokens).Count > 2) { CudaAsm.Emit(GemvText.Add12); CudaAsm.Emit(GemvText.Add13); }
    }

    private static void Row2<TTokens>() where TTokens : struct, ITokens
    {
        CudaAsm.Emit(LookupText.Lookup);
        CudaAsm.Emit(GemvText.Add20);
        if (default(TTokens).Count > 1) { CudaAsm.Emit(GemvText.Add21); }
        if (default(TTokens).Count > 2) { CudaAsm.Emit(GemvText.Add22); CudaAsm.Emit(GemvText.Add23); }
    }

    private static void Row3<TTokens>() where TTokens : struct, ITokens
    {
        CudaAsm.Emit(LookupText.Lookup);
        CudaAsm.Emit(GemvText.Add30);
        if (default(TTokens).Count > 1) { CudaAsm.Emit(GemvText.Add31); }
        if (default(TTokens).Count > 2) { CudaAsm.Emit(GemvText.Add32); CudaAsm.Emit(GemvText.Add33); }
    }

    // A token that is not there repeats the last one; its sums are never stored.
    private static void Activations<TTokens>(long token, long pitch, int m) where TTokens : struct, ITokens
    {
        CudaAsm.Emit("ld.global.nc.v4.b32 {xq0, xq1, xq2, xq3}, [%0];", token);
        CudaAsm.Emit(GemvText.Widen0);
        if (default(TTokens).Count > 1)
        {
            CudaAsm.Emit("ld.global.nc.v4.b32 {xq0, xq1, xq2, xq3}, [%0];", token + pitch * GemvKernel.Within(1, m));
            CudaAsm.Emit(GemvText.Widen1);
        }
        if (default(TTokens).Count > 2)
        {
            CudaAsm.Emit("ld.global.nc.v4.b32 {xq0, xq1, xq2, xq3}, [%0];", token + pitch * GemvKernel.Within(2, m));
            CudaAsm.Emit(GemvText.Widen2);
            CudaAsm.Emit("ld.global.nc.v4.b32 {xq0, xq1, xq2, xq3}, [%0];", token + pitch * GemvKernel.Within(3, m));
            CudaAsm.Emit(GemvText.Widen3);
        }
    }
}

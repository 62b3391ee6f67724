using System.Reflection;

namespace QLoraGen.Kernels.Gpu;

/// <summary>A kernel before it is compiled: the C# method and what it is specialised on.</summary>
/// <param name="Name">What messages, the cache and snapshots call it.</param>
/// <param name="Method">A static method that ILGPU can compile, launched with explicit groups.</param>
/// <param name="Threads">Threads of a group, always so many.</param>
/// <param name="GroupsPerSM">Groups that are to fit a multiprocessor at a time: what the registers are allotted by.</param>
/// <param name="DynamicShared">Bytes of shared memory that the launch asks for beyond what the kernel declares.</param>
internal sealed record KernelSource(string Name, MethodInfo Method, int Threads, int GroupsPerSM, int DynamicShared = 0);

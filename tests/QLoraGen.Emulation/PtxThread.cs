using System.Runtime.CompilerServices;

namespace QLoraGen.Emulation;

internal enum PtxThreadState { Running, AtCollective, AtBarrier, Exited }

/// <summary>One thread: its registers and where it stands. It runs by itself up to an instruction that needs others.</summary>
internal sealed class PtxThread
{
    private readonly Stack<(PtxFunction Function, ulong[] Registers, byte[] Params, int Pc, int LocalBase)> callers = [];
    private ulong[] registers = [];
    private int localBase;

    public PtxThread(PtxWarp warp, int index, byte[] arguments)
    {
        (Warp, Index, Lane) = (warp, index, index % PtxWarp.Lanes);
        var size = warp.Block.Size;
        Tid = new(index % size.X, index / size.X % size.Y, index / (size.X * size.Y));
        Function = warp.Block.Entry;
        Params = new byte[Function.ParamBytes];
        arguments.CopyTo(Params, 0);
        Enter(Function);
    }

    public PtxWarp Warp { get; }

    public PtxBlock Block => Warp.Block;

    public int Index { get; }

    public int Lane { get; }

    public PtxDim Tid { get; }

    public PtxFunction Function { get; private set; }

    public byte[] Params { get; private set; }

    public byte[] Local { get; private set; } = [];

    public int Pc { get; set; }

    public PtxThreadState State { get; set; }

    public long Executed { get; private set; }

    public PtxInstruction Current => Function.Code[Pc];

    public PtxAsyncCopies AsyncCopies { get; } = new();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get<T>(int slot) where T : unmanaged => Unsafe.As<ulong, T>(ref registers[slot]);

    /// <summary>Writes the low bits and clears the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set<T>(int slot, T value) where T : unmanaged
    {
        ulong raw = 0;
        Unsafe.As<ulong, T>(ref raw) = value;
        registers[slot] = raw;
    }

    /// <summary>Runs until the thread must wait or has ended.</summary>
    public void Run()
    {
        long limit = Block.InstructionLimit;
        try
        {
            while (State == PtxThreadState.Running)
            {
                if (Pc >= Function.Code.Length)
                {
                    Return();
                    continue;
                }
                var instruction = Function.Code[Pc];
                if (++Executed > limit)
                    throw new PtxFault($"More than {limit} instructions in one thread; an endless loop?");
                if (instruction.Guard >= 0 && (registers[instruction.Guard] & 1) != 0 == instruction.GuardNegated)
                    Pc++;
                else if (instruction.Step is { } step)
                {
                    Pc++;
                    step(this);
                }
                else
                    State = instruction.Collective is null ? PtxThreadState.AtBarrier : PtxThreadState.AtCollective;
            }
        }
        catch (Exception fault) when (fault is not PtxFault { IsLocated: true })
        {
            throw Locate(fault, Function.Code[Math.Max(0, Pc - 1)]);
        }
    }

    /// <summary>Goes on behind the instruction that it waited at.</summary>
    public void Resume()
    {
        Pc++;
        State = PtxThreadState.Running;
    }

    public void Call(PtxFunction callee, byte[] arguments)
    {
        callers.Push((Function, registers, Params, Pc, localBase));
        localBase += Function.LocalBytes + 15 & ~15;
        Function = callee;
        Params = arguments;
        Enter(callee);
    }

    /// <summary>Ends the function; the results are copied by the call, which gets the callee's parameters back.</summary>
    public void Return()
    {
        if (!callers.TryPop(out var caller))
        {
            Exit();
            return;
        }
        byte[] results = Params;
        var callee = Function;
        (Function, registers, Params, Pc, localBase) = caller;
        PtxCallSteps.CopyResults(callee, results, Function.Code[Pc - 1].Statement, Params);
    }

    public void Exit() => State = PtxThreadState.Exited;

    public PtxFault Locate(Exception fault, PtxInstruction instruction) =>
        new($"{fault.Message} ({instruction.Statement.Where}; thread {Tid}, block {Block.Id})", fault) { IsLocated = true };

    private void Enter(PtxFunction function)
    {
        if (Local.Length < localBase + function.LocalBytes)
        {
            byte[] grown = new byte[localBase + function.LocalBytes];
            PtxSharedMemory.Poison(grown);
            Local.CopyTo(grown, 0);
            Local = grown;
        }
        registers = function.CreateRegisters(this, localBase);
        Pc = 0;
    }
}

using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>A long run needs no more memory than a short one.</summary>
public sealed class FlatnessTests
{
    [SharedFact]
    public void Over_300_steps_no_tensor_and_no_memory_is_left_behind()
    {
        using CausalLM model = Stories.LoadAdapted(dropout: 0.1);
        long[] tensors = new long[301], kilobytes = new long[301];
        new Trainer(model, new TrainingOptions { Steps = 300, BatchSize = 4 }).Run(Stories.Samples(64), step =>
        {
            if (step.Step == 5)
            {
                Settle();
            }
            (tensors[step.Step], kilobytes[step.Step]) = (Tensor.TotalCount, ResidentKilobytes());
        });
        Assert.All(tensors[5..], count => Assert.Equal(tensors[5], count));
        Assert.InRange((double)kilobytes[300] / kilobytes[50], 0.5, 1.05);
    }

    [SharedFact]
    public void Generation_leaves_nothing_behind()
    {
        using CausalLM model = Stories.Load();
        var generator = new TextGenerator(model, eosId: null);
        var options = new SamplingOptions { MaxNewTokens = 20, Temperature = 0.8 };
        int made = generator.Generate([1], options).Count();
        long before = Tensor.TotalCount;
        made += generator.Generate([1], options).Count();
        made += generator.Generate([1], options).Take(5).Count();   // not read to its end
        Assert.Equal(45, made);
        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    // What loading, and tests before this one, left to the garbage collector goes now, and not while the steps are counted.
    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static long ResidentKilobytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet / 1024;
        }
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmRSS:"));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }
}

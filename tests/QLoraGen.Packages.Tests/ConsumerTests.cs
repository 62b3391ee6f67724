using QLoraGen.Testing;

namespace QLoraGen.Packages.Tests;

/// <summary>A project outside the repository that knows the packages alone: every warning an error, every public member documented.</summary>
[Collection(nameof(Feed))]
public sealed class ConsumerTests(Feed feed)
{
    [Fact]
    public void It_binds_a_model_trains_it_and_reads_the_plan()
    {
        using TempFolder consumer = feed.Consumer();
        consumer.Write("Consumer.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <GenerateDocumentationFile>true</GenerateDocumentationFile>
                <AnalysisLevel>latest</AnalysisLevel>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="QLoraGen.Models" Version="{feed.Version}" />
                <PackageReference Include="libtorch-cpu-linux-x64" Version="2.10.0" Condition="$([MSBuild]::IsOSPlatform('Linux'))" />
                <PackageReference Include="TorchSharp-cpu" Version="0.107.0" Condition="!$([MSBuild]::IsOSPlatform('Linux'))" />
              </ItemGroup>
            </Project>
            """);
        consumer.Write("small.config.json", """
            { "model_type": "llama", "vocab_size": 96, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4 }
            """);
        consumer.Write("Program.cs", """
            using QLoraGen;
            using QLoraGen.Data;
            using QLoraGen.Models;

            using var model = new Consumer.Small();
            model.Initialize(1, model.DeclaredFormat);
            AdapterArena arena = model.AddAdapters(model.DeclaredAdapter!, 2);
            TokenizedSample[] samples = [new([1, 5, 9, 13, 17, 21], 0), new([2, 4, 8, 16, 32, 64], 0)];
            List<double> losses = [];
            new Trainer(model, new TrainingOptions { Steps = 20, LearningRate = 1e-2 }).Run(samples, step => losses.Add(step.Loss));
            PeftAdapter.Save("adapter", model, "none");
            bool planned = model.Region!.Length == model.Layout!.Length && arena.Flat.numel() == Consumer.Small.Plan.TrainableParameters;
            Console.WriteLine(planned && losses[^1] < losses[0] ? "trained as planned" : $"{planned} {losses[0]} {losses[^1]}");

            namespace Consumer
            {
                /// <summary>A Llama of one's own size.</summary>
                [Checkpoint("small.config.json"), LoRA(r: 4, alpha: 8)]
                public sealed partial class Small : Llama;
            }
            """);
        Assert.Contains("trained as planned", Dotnet.Run(consumer.Path, "run", "-c", "Release"), StringComparison.Ordinal);
        Assert.True(File.Exists(consumer.File("adapter", "adapter_model.safetensors")));
    }
}

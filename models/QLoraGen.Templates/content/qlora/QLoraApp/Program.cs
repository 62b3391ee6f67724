using System.Text;
using QLoraApp;
using QLoraGen;
using QLoraGen.Data;

using var model = new TinyModel();

// Random weights, frozen in the format that the class declares. With a real checkpoint it is:
//     using Checkpoint checkpoint = Checkpoint.Open("path/to/folder");
//     model.LoadFrozen(checkpoint, model.DeclaredFormat);
model.Initialize(seed: 1, model.DeclaredFormat);
model.AddAdapters(model.DeclaredAdapter!, seed: 2);
Console.WriteLine($"{TinyModel.Plan.FrozenBytes:N0} bytes frozen, {TinyModel.Plan.TrainableParameters:N0} values trained");

// Each byte of a row is a token. With a real checkpoint: Tokenizer.Load(folder) and SampleEncoder.EncodeAll.
TokenizedSample[] samples =
[
    .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "rows.txt"))
        .Select(static row => new TokenizedSample([.. Encoding.UTF8.GetBytes(row).Select(static b => (int)b)], LossFrom: 0)),
];
new Trainer(model, new TrainingOptions { Steps = 100, LearningRate = 1e-2 }).Run(samples, static step =>
{
    if (step.Step % 10 == 0 || step.Step == 1)
    {
        Console.WriteLine($"step {step.Step}: loss {step.Loss:F3}");
    }
});

PeftAdapter.Save("adapter", model, baseModel: "tiny");
Console.WriteLine("saved: adapter");

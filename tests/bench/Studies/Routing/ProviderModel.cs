using ProxyCluster.Core.Providers;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>How a provider behaves: its speed, its room, its faults, and how they change.</summary>
internal sealed record ProviderModel(string Name)
{
    /// <summary>Seconds to answer a request without a token.</summary>
    public double BaseSeconds { get; init; } = 0.2;

    public double SecondsPerPromptToken { get; init; }

    public double SecondsPerOutputToken { get; init; } = 0.02;

    /// <summary>Spread of the logarithm of the time; the mean is not changed by it.</summary>
    public double Spread { get; init; } = 0.3;

    /// <summary>Requests it works on at once; others wait in its line.</summary>
    public int Slots { get; init; } = int.MaxValue;

    /// <summary>What its definition says it can take.</summary>
    public int MaxConcurrency { get; init; } = 256;

    public decimal? InputCostPerMillion { get; init; }

    public decimal? OutputCostPerMillion { get; init; }

    /// <summary>How many times slower it is at a time.</summary>
    public Func<double, double> Slowness { get; init; } = static _ => 1;

    /// <summary>The share of requests that fail at a time.</summary>
    public Func<double, double> Failing { get; init; } = static _ => 0;

    /// <summary>Seconds after which a failure is told.</summary>
    public double FailsAfterSeconds { get; init; } = 0.2;

    /// <summary>From when on it is defined, in seconds.</summary>
    public double DefinedFrom { get; init; }

    public ProviderDefinition Definition => new()
    {
        Name = Name,
        Type = "openai",
        MaxConcurrency = MaxConcurrency,
        Models = [new ModelDefinition { Id = Mix.Model, InputCostPerMillion = InputCostPerMillion, OutputCostPerMillion = OutputCostPerMillion }],
    };

    /// <summary>Seconds of work for a request that begins at a time.</summary>
    public double Work(in Arrival request, double time, Random random)
    {
        var mean = BaseSeconds + (request.PromptTokens * SecondsPerPromptToken) + (request.OutputTokens * SecondsPerOutputToken);
        var noise = Math.Exp((Spread * Normal(random)) - (Spread * Spread / 2));
        return mean * noise * Slowness(time);
    }

    public double Cost(in Arrival request) =>
        ((request.PromptTokens * (double)(InputCostPerMillion ?? 0)) + (request.OutputTokens * (double)(OutputCostPerMillion ?? 0))) / 1e6;

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

using System.Text;
using BenchmarkDotNet.Attributes;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Bench.Micro;

/// <summary>Finding in a body what the pipeline needs. Target: under 1 KB a request.</summary>
public class RequestBench
{
    private readonly InputLimitOptions _limits = new();
    private readonly ModelNames _names = new();
    private byte[] _body = [];

    [Params(872, 32 * 1024)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        const string Start = """{"model":"gpt-4o","temperature":0.7,"max_tokens":256,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":" """;
        const string End = "\"}]}";
        _body = Encoding.ASCII.GetBytes(Start + new string('x', BodyBytes - Start.Length - End.Length) + End);
    }

    [Benchmark]
    public bool Read() =>
        RequestScanner.Scan(_body, InferenceOperation.ChatCompletions, _limits, _names, out _) is null;
}

using ProxyCluster.Bench.Load;
using ProxyCluster.Bench.Load.Candidates;
using ProxyCluster.Bench.Load.Compare;
using ProxyCluster.Bench.Load.Embeddings;
using ProxyCluster.Bench.Load.Http;

if (args.Length == 0 || args[0] is "help" or "--help")
{
    await Console.Out.WriteLineAsync("""
        Benchmarks of whole processes.

          upstream  --port N                       a mock provider: whole answers, streams, paced streams
          yarp      --port N --upstream URL        bare YARP on its defaults
          minimal   --port N --upstream URL        the least a C# proxy can do: parse for model and stream, forward
          load      --url URL [--connections 16] [--rate R] [--seconds 10] [--kind whole|stream|paced] [--key KEY]
                                                   closed loop, or open loop where a rate is given
          compare   [--quick] [--rounds 3] [--seconds 5] [--silo DIR] [--output DIR] [--keyed] [--beside DIR] [--loads-only]
                                                   all of the above against ProxyCluster with an API key, in turn; keyed: also
                                                   without any, and with every limit of a user and a team; beside: another build
          embeddings [--rounds 3] [--seconds 4] [--call-ms 30] [--input-ms 0.5] [--silo DIR] [--output DIR]
                                                   embeddings joined and one by one: calls sent, CPU, latency
        """);
    return 0;
}

var options = CommandOptions.Parse(args.AsSpan(1));
switch (args[0])
{
    case "upstream":
        return MockUpstream.Run(options.Port);
    case "yarp":
        return await YarpProxy.RunAsync(options.Port, options.Upstream);
    case "minimal":
        return await MinimalProxy.RunAsync(options.Port, options.Upstream);
    case "load":
        return await LoadCommand.RunAsync(options);
    case "compare":
        return await CompareCommand.RunAsync(options);
    case "embeddings":
        return await EmbeddingsCommand.RunAsync(options);
    default:
        await Console.Error.WriteLineAsync($"There is no command '{args[0]}'. Try: help");
        return 2;
}

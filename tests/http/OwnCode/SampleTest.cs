using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>What tests of the samples have in common: they share one process and run one after another.</summary>
[Collection(SampleCollection.Name)]
public abstract class SampleTest
{
    protected const string Hello = "Hello from the scripted upstream.";

    private protected SampleTest(SampleHost host)
    {
        Host = host;
        host.Reset();
    }

    public static TheoryData<string> Models => [SampleHost.AdapterModel, SampleHost.ClientModel];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected SampleHost Host { get; }

    protected ScriptedUpstream UpstreamOf(string model) => model == SampleHost.AdapterModel ? Host.Acme : Host.OpenAi;
}

[CollectionDefinition(Name)]
public sealed class SampleCollection : ICollectionFixture<SampleHost>
{
    public const string Name = "samples";
}

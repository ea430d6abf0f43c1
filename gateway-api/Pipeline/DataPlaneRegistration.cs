using ProxyCluster.GatewayApi.Batching;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Models;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Responses;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Registers the data plane.</summary>
internal static class DataPlaneRegistration
{
    /// <summary>
    /// Needs configuration, providers, routing feed, security, rate limiting, the drain state and a
    /// <see cref="TimeProvider"/>, all registered elsewhere.
    /// </summary>
    public static IServiceCollection AddDataPlane(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton(_ => new RandomSource(BitConverter.ToInt64(Guid.NewGuid().ToByteArray())));
        services.AddSingleton<RequestIds>();
        services.AddSingleton<RequestReader>();
        services.AddSingleton<RequestScratchPool>();
        services.AddSingleton<GatewayMetrics>();
        services.AddResilience();
        services.AddSingleton<UpstreamAttempt>();
        services.AddSingleton<ProviderChooser>();
        services.AddSingleton<GuardedChooser>();
        services.AddSingleton<FallbackRouter>();
        services.AddSingleton<FallbackChain>();
        services.AddSingleton<RoutingExplainer>();
        services.AddSingleton<BatchingMetrics>();
        services.AddSingleton<EmbeddingsCalls>();
        services.AddSingleton<JoinedEmbeddings>();
        services.AddSingleton<ResponseMap>();
        services.AddCondensation();
        services.AddSingleton<RecentRequests>();
        services.AddSingleton<RecentRequestWriter>();
        services.AddSingleton<RequestAdmission>();
        services.AddSingleton<RequestAnswers>();
        services.AddSingleton<InferencePipeline>();
        services.AddSingleton<DiscoveredModels>();
        services.AddSingleton<ModelLists>();
        services.AddSingleton<ListedModels>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddHostedService<ModelDiscovery>();
        services.AddSingleton<DataPlane>();
        return services;
    }

    /// <summary>Answers <c>/v1</c>, and refuses in OpenAI's form what <paramref name="others"/> do not answer.</summary>
    /// <param name="app">The pipeline of the data listener.</param>
    /// <param name="others">What else the listener answers: health.</param>
    public static void UseDataPlane(this IApplicationBuilder app, Action<IApplicationBuilder> others)
    {
        var plane = app.ApplicationServices.GetRequiredService<DataPlane>();
        app.Use(next => context => plane.HandleAsync(context, next));
        others(app);
        app.Run(plane.UnknownAsync);
    }
}

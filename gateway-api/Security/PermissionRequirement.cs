using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>What an endpoint takes, as metadata on it. An endpoint without one is open to nobody.</summary>
/// <param name="Permission">All of these; <see cref="Core.Security.Permission.None"/>: any caller that is known.</param>
/// <param name="Scope">Whose affairs it is about.</param>
internal sealed record PermissionRequirement(Permission Permission, EndpointScope Scope);

/// <summary>Metadata of an endpoint that strangers may call: it tells nothing that matters.</summary>
internal sealed record OpenEndpoint;

/// <summary>Puts a <see cref="PermissionRequirement"/> on endpoints.</summary>
internal static class PermissionRequirementExtensions
{
    /// <summary>Says what the endpoint takes, and whose affairs it is about.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder builder, Permission permission, EndpointScope scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new PermissionRequirement(permission, scope));

    /// <summary>Says that the endpoint asks for no credential.</summary>
    public static TBuilder IsOpen<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new OpenEndpoint());
}

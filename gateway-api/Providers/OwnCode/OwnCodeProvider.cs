using System.Collections.Immutable;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>The provider that an extension's code speaks to.</summary>
/// <param name="Definition">As it is defined: its headers are references still.</param>
/// <param name="Headers">Its headers as they are sent now. The same array for as long as they stay the same.</param>
internal sealed record OwnCodeProvider(ProviderDefinition Definition, Func<ImmutableArray<HeaderDefinition>> Headers);

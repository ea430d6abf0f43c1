using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>A fault at the start that an operator can mend: told in one sentence, without a stack trace.</summary>
internal sealed class StartFault(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The sentence for an exception; <see langword="null"/>: it is not one an operator can mend.</summary>
    public static string? Describe(Exception exception) => exception switch
    {
        StartFault fault => fault.Message,
        PepperException fault => fault.Message,
        IOException { InnerException: AddressInUseException } inUse => inUse.Message + " Stop the other process, or set Listen to other ports.",
        IOException { InnerException: SocketException } socket => socket.Message,
        AggregateException { InnerExceptions: [var only] } => Describe(only),
        _ => null,
    };
}

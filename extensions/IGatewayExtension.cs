namespace ProxyCluster.Extensions;

/// <summary>
/// The way into an assembly of your own: the gateway makes one of each public class that implements it, by its
/// constructor without parameters, and calls <see cref="Register"/> before it serves.
/// </summary>
public interface IGatewayExtension
{
    /// <summary>Registers what the assembly adds to the gateway. An exception is told as a fault of the configuration.</summary>
    /// <param name="registry">Takes it.</param>
    void Register(GatewayExtensions registry);
}

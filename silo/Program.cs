using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.CommandLine;

DumpGuard.Set();
RegexLimits.Set();
return await SiloCommands.InvokeAsync(args);

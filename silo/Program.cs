using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.CommandLine;

RegexLimits.Set();
return await SiloCommands.InvokeAsync(args);

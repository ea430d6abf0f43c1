using ProxyCluster.GatewayApi.Hosting;

const string Usage = "Usage: gateway-api [--config file] [--Section:Setting=value …]";

DumpGuard.Set();
RegexLimits.Set();
return await HostRunner.RunAsync(() => GatewayApplication.Create(args), Usage);

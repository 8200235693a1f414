package ingest

import "github.com/via-orchestrate/orchestrate/internal/vod"

// maxFiles is how many files are shown of a list; the rest is told.
const maxFiles = 200

// fileList is as many files as are shown.
type fileList struct {
	Files []vod.File
	More  int // that are not
}

// fileset is one that is shown.
type fileset struct {
	Labels   []string
	Location *vod.Location
	fileList
}

func cutFiles(files []vod.File) fileList {
	if len(files) > maxFiles {
		return fileList{files[:maxFiles], len(files) - maxFiles}
	}
	return fileList{Files: files}
}

// listFiles gives the files of all filesets.
func listFiles(filesets []vod.Fileset) fileList {
	var all []vod.File
	for _, fs := range filesets {
		all = append(all, fs.Files...)
	}
	return cutFiles(all)
}

func listFilesets(filesets []vod.Fileset) []fileset {
	var list []fileset
	for _, fs := range filesets {
		list = append(list, fileset{fs.Labels, fs.Location, cutFiles(fs.Files)})
	}
	return list
}
